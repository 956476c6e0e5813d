namespace McpHub.RateLimiting;

/// <summary>Places for requests that run at the same time, and those that wait for one, in the order in which they came.</summary>
internal sealed class ConcurrencySlots(int permits, int queue) : LimitPartition
{
    // Nobody knows when a request ends; a second is the least that Retry-After can say.
    private const long SomeTime = TimeSpan.TicksPerSecond;

    private LinkedList<SlotWaiter>? _waiting;
    private int _running;

    public int Running => Volatile.Read(ref _running);

    public int Waiting => _waiting?.Count ?? 0;

    /// <summary>Waits in line for a place.</summary>
    /// <returns><see langword="null"/> if the line is full, or nobody counts these places any more.</returns>
    public SlotWaiter? TryQueue()
    {
        lock (Gate)
        {
            if (IsGone)
            {
                return null;
            }

            var waiter = new SlotWaiter(this);
            if (_running < permits && Waiting == 0)
            {
                // It has become free meanwhile.
                _running++;
                waiter.Grant();
                return waiter;
            }

            if (Waiting >= queue)
            {
                return null;
            }

            (_waiting ??= []).AddLast(waiter.Node);
            return waiter;
        }
    }

    /// <summary>Leaves the line.</summary>
    /// <returns>Whether it was still in it; if not, it has a place.</returns>
    public bool TryLeave(SlotWaiter waiter)
    {
        lock (Gate)
        {
            if (waiter.Node.List is null)
            {
                return false;
            }

            _waiting!.Remove(waiter.Node);
            return true;
        }
    }

    public override void Release()
    {
        lock (Gate)
        {
            if (_waiting?.First is { } first)
            {
                _waiting.RemoveFirst();
                first.Value.Grant();
            }
            else
            {
                _running--;
            }
        }
    }

    public override void Undo() => Release();

    protected override bool TryTakeLocked(long now, out long retryAfter)
    {
        if (_running < permits && Waiting == 0)
        {
            retryAfter = 0;
            _running++;
            return true;
        }

        retryAfter = SomeTime;
        return false;
    }

    protected override bool IsIdleLocked(long now) => _running == 0;
}
