using McpHub.Configuration;

namespace McpHub.Streaming;

/// <summary>Who may have one more stream, and which make room for it.</summary>
internal sealed partial class StreamRegistry
{
    // Of all bytes, what one caller's streams may hold after their end.
    private const int EndedShare = 4;

    /// <summary>Counts one more stream of a caller, if it may have one.</summary>
    /// <returns>Why not.</returns>
    private string? Crowd(string callerKey, StreamsConfig config)
    {
        // First: a caller that has too many must not make others lose theirs.
        if (!_quota.TryEnter(callerKey, config.MaxPerCaller) && !(ForgetOldest(callerKey) && _quota.TryEnter(callerKey, config.MaxPerCaller)))
        {
            return $"The caller has {config.MaxPerCaller} streams already, running or not read to their end (gateway.streams.maxPerCaller). Read or cancel one.";
        }

        // As many that have ended as may run: they wait for readers, and hold bytes.
        if (_streams.Count >= 2 * config.MaxActive && !ForgetOldest(null))
        {
            _quota.Leave(callerKey);
            return $"{_streams.Count} streams are there already, running or not read to their end (gateway.streams.maxActive).";
        }

        return null;
    }

    /// <summary>Forgets the one that ended first of those whose reader has got all of it: it is kept only for one that lost an answer.</summary>
    private bool ForgetOldest(string? callerKey)
    {
        while (_streams.Values.Where(s => s.WasReadToEnd && (callerKey is null || s.CallerKey == callerKey)).MinBy(s => s.EndedAt) is { } oldest)
        {
            // Another start may be about to forget the same one.
            if (Forget(oldest))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Forgets what a caller leaves unread beyond its share of the bytes, so that the others can start: first the stream that ended, or was
    /// read, longest ago. One is kept in any case, whatever it holds.
    /// </summary>
    private void Trim(string callerKey)
    {
        var most = _services.Budget.Limit / EndedShare;
        if (_services.Budget.Held <= most)
        {
            return;
        }

        var ended = _streams.Values
            .Where(s => s.CallerKey == callerKey && s.Status != StreamStatus.Running)
            .OrderBy(static s => Math.Max(s.EndedAt, s.LastRead))
            .Select(static s => (Stream: s, s.Buffer.Held))
            .ToArray();
        var held = ended.Sum(static s => s.Held);
        for (var i = 0; i < ended.Length - 1 && held > most; i++)
        {
            held -= ended[i].Held;
            Forget(ended[i].Stream);
        }
    }

    private bool Forget(HubStream stream)
    {
        if (!_streams.TryRemove(stream.Id, out _))
        {
            return false;
        }

        stream.Buffer.Discard();
        _quota.Leave(stream.CallerKey);
        _admission.Look();
        return true;
    }
}
