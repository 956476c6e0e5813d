namespace McpHub.RateLimiting;

/// <summary>A request in line for a place.</summary>
internal sealed class SlotWaiter
{
    private readonly ConcurrencySlots _slots;
    private readonly TaskCompletionSource _granted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SlotWaiter(ConcurrencySlots slots)
    {
        _slots = slots;
        Node = new LinkedListNode<SlotWaiter>(this);
    }

    /// <summary>Its place in the line; touched only by the slots.</summary>
    public LinkedListNode<SlotWaiter> Node { get; }

    public void Grant() => _granted.SetResult();

    /// <summary>Waits for the place.</summary>
    /// <returns>Whether it has one now, which somebody has to release.</returns>
    public async ValueTask<bool> WaitAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        await _granted.Task.WaitAsync(limit, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !_slots.TryLeave(this);
    }
}
