namespace McpHub.RateLimiting;

/// <summary>Permits that come back steadily, up to a burst.</summary>
/// <remarks>In whole numbers, so that nothing is lost by rounding: a permit costs as many units as the time has ticks, and each tick brings as many as there are permits.</remarks>
internal sealed class TokenBucket(int permits, TimeSpan every, int burst) : LimitPartition
{
    private readonly long _cost = every.Ticks;
    private readonly long _capacity = burst * every.Ticks;
    private long _level = burst * every.Ticks;
    private long _at;

    public override void Undo()
    {
        lock (Gate)
        {
            _level = Math.Min(_capacity, _level + _cost);
        }
    }

    protected override bool TryTakeLocked(long now, out long retryAfter)
    {
        Refill(now);
        var missing = _cost - _level;
        if (missing > 0)
        {
            retryAfter = ((missing - 1) / permits) + 1;
            return false;
        }

        retryAfter = 0;
        _level -= _cost;
        return true;
    }

    protected override bool IsIdleLocked(long now)
    {
        Refill(now);
        return _level == _capacity;
    }

    private void Refill(long now)
    {
        var elapsed = now - _at;
        if (elapsed <= 0)
        {
            // Another thread has read the clock later and was here first.
            return;
        }

        _at = now;
        _level = elapsed > (_capacity - _level) / permits ? _capacity : _level + (elapsed * permits);
    }
}
