namespace McpHub.Upstreams.Subscriptions;

/// <summary>
/// How soon a server's lists may be read again. The first time at once; a server that goes on saying that they have changed, maybe
/// because it was asked for them, is asked ever more seldom, until it has been quiet for a while. Not thread-safe.
/// </summary>
internal sealed class RefreshPace(TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest pause between two readings.</summary>
    public static TimeSpan LongestPause { get; } = TimeSpan.FromSeconds(5);

    private TimeSpan _pause;
    private long _last;

    /// <summary>How long to wait before the reading that is due now.</summary>
    public TimeSpan Next()
    {
        var since = time.GetElapsedTime(_last);
        if (_last == 0 || since > LongestPause + _pause)
        {
            _pause = TimeSpan.Zero;
            return TimeSpan.Zero;
        }

        _pause = _pause == TimeSpan.Zero ? FirstPause : Pause.Longer(_pause, LongestPause);
        return since >= _pause ? TimeSpan.Zero : _pause - since;
    }

    /// <summary>The lists have been read.</summary>
    public void Done() => _last = time.GetTimestamp();
}
