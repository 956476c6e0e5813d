using System.Diagnostics;

namespace McpHub.LoadTests.Load;

/// <summary>
/// Counts while a <see cref="LoadWindow"/> passes, and tells its phases apart: lead-in, counted, over. The two callbacks
/// frame the counted part exactly, so that CPU time is read at the same moments.
/// </summary>
internal sealed class LoadTally(LoadWindow window, Action started, Action ended)
{
    private readonly LatencyHistogram _latency = new();
    private readonly long _leadInEnd = Stopwatch.GetTimestamp() + Ticks(window.LeadIn);
    private long _countStart;
    private long _countEnd;
    private long _answers;
    private long _answerBytes;
    private long _errors;
    private string? _firstError;

    public bool IsOver => _countEnd != 0;

    /// <summary>When counting ended.</summary>
    public long CountEnd => _countEnd;

    private bool IsCounting => _countStart != 0 && _countEnd == 0;

    /// <summary>Moves on to the next phase if it is time.</summary>
    public void Advance(long now)
    {
        if (_countStart == 0 && now >= _leadInEnd)
        {
            started();
            _countStart = Stopwatch.GetTimestamp();
        }
        else if (IsCounting && now >= _countStart + Ticks(window.Duration))
        {
            End();
        }
    }

    /// <summary>Ends the counted part, early if need be.</summary>
    public void End()
    {
        if (IsOver)
            return;
        _countEnd = Stopwatch.GetTimestamp();
        ended();
    }

    public void Answered(long intended, long now, int bytes)
    {
        if (!IsCounting)
            return;
        _answers++;
        _answerBytes += bytes;

        // What was in flight when counting started waited for the callback, too.
        if (intended >= _countStart)
            _latency.Record(Nanoseconds(now - intended));
    }

    /// <summary>Counts an error, outside the counted part too: there must be none at any time.</summary>
    public void Failed(string reason)
    {
        _errors++;
        _firstError ??= reason;
    }

    public LoadResult ToResult(long unsent) => new()
    {
        Elapsed = _countStart == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(_countStart, _countEnd),
        Answers = _answers,
        Errors = _errors,
        FirstError = _firstError,
        AnswerBytes = _answerBytes,
        Latency = _latency,
        Unsent = unsent,
    };

    /// <summary>Records that a request was due at <paramref name="intended"/> and was never sent, so that waiting counts.</summary>
    public void NeverSent(long intended) => _latency.Record(Nanoseconds(_countEnd - intended));

    private static long Ticks(TimeSpan duration) => (long)(duration.TotalSeconds * Stopwatch.Frequency);

    private static long Nanoseconds(long ticks) => (long)(ticks * (1e9 / Stopwatch.Frequency));
}
