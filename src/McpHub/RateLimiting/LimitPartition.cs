namespace McpHub.RateLimiting;

/// <summary>What one limit counts for one caller, tool or server. Thread-safe.</summary>
/// <remarks>
/// The gateway counts by itself. The limiters of <c>System.Threading.RateLimiting</c> read a clock of their own, so that no window can be
/// tested without waiting for it; their concurrency limiter allocates for each request; and their partitions have no bound.
/// </remarks>
internal abstract class LimitPartition
{
    private readonly Lock _lock = new();
    private bool _isGone;

    /// <summary>Asks for one permit.</summary>
    /// <param name="now">The time since the limits were made, in ticks of 100 ns.</param>
    /// <param name="retryAfter">When it may be worth asking again, if refused; in ticks.</param>
    public TakeOutcome TryTake(long now, out long retryAfter)
    {
        lock (_lock)
        {
            retryAfter = 0;
            return _isGone ? TakeOutcome.Gone
                : TryTakeLocked(now, out retryAfter) ? TakeOutcome.Taken
                : TakeOutcome.Refused;
        }
    }

    /// <summary>Gives the partition up if it counts nothing, so that a new one is as good. Nobody gets a permit of it afterwards.</summary>
    public bool TryGiveUp(long now)
    {
        lock (_lock)
        {
            return _isGone |= IsIdleLocked(now);
        }
    }

    /// <summary>The request ends that a permit was taken for.</summary>
    public virtual void Release()
    {
    }

    /// <summary>The request was refused by another limit: its permit counts for nothing.</summary>
    public abstract void Undo();

    protected Lock Gate => _lock;

    protected bool IsGone => _isGone;

    protected abstract bool TryTakeLocked(long now, out long retryAfter);

    protected abstract bool IsIdleLocked(long now);
}
