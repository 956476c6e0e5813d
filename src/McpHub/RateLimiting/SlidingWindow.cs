namespace McpHub.RateLimiting;

/// <summary>Never more than so many permits in any stretch of time of one length.</summary>
/// <remarks>
/// Counted in tenths of the time. A permit counts until ten whole tenths have passed after its own: never too early, and at most a
/// tenth too long.
/// </remarks>
internal sealed class SlidingWindow(int permits, TimeSpan every) : LimitPartition
{
    private const int Parts = 10;

    private readonly long _length = ((every.Ticks - 1) / Parts) + 1;
    private readonly int[] _taken = new int[Parts + 1];
    private long _part;
    private int _total;

    public override void Undo()
    {
        lock (Gate)
        {
            ref var taken = ref _taken[_part % _taken.Length];
            if (taken > 0)
            {
                taken--;
                _total--;
            }
        }
    }

    protected override bool TryTakeLocked(long now, out long retryAfter)
    {
        Advance(now);
        if (_total >= permits)
        {
            retryAfter = ((OldestPart() + _taken.Length) * _length) - now;
            return false;
        }

        retryAfter = 0;
        _taken[_part % _taken.Length]++;
        _total++;
        return true;
    }

    protected override bool IsIdleLocked(long now)
    {
        Advance(now);
        return _total == 0;
    }

    private void Advance(long now)
    {
        var part = now / _length;
        if (part - _part >= _taken.Length)
        {
            Array.Clear(_taken);
            _total = 0;
            _part = part;
        }

        while (_part < part)
        {
            _part++;
            ref var taken = ref _taken[_part % _taken.Length];
            _total -= taken;
            taken = 0;
        }
    }

    private long OldestPart()
    {
        var part = Math.Max(0, _part - Parts);
        while (_taken[part % _taken.Length] == 0)
        {
            part++;
        }

        return part;
    }
}
