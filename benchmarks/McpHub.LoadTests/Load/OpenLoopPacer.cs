using System.Diagnostics;

namespace McpHub.LoadTests.Load;

/// <summary>
/// Requests are due at even intervals, whether or not earlier ones are answered; one that has to wait for a free connection
/// is late from the moment it was due, so that a stalled server shows in the latency of all it held up.
/// </summary>
internal sealed class OpenLoopPacer(int rate) : IPacer
{
    private readonly double _interval = (double)Stopwatch.Frequency / rate;
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _taken;

    public long? NextDue => _start + (long)(_taken * _interval);

    public bool TryTake(long now, out long intended)
    {
        intended = NextDue!.Value;
        if (intended > now)
            return false;
        _taken++;
        return true;
    }
}
