namespace McpHub.Batching;

/// <summary>The place of a call, or of several that become one at their server; or the wait for it.</summary>
internal sealed class Admission(BatchShare share, Route route, string tool, int calls, QueueRank rank)
{
    private readonly TaskCompletionSource _granted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public BatchShare Share { get; } = share;

    public Route Route { get; } = route;

    public string Tool { get; } = tool;

    public QueueRank Rank { get; } = rank;

    /// <summary>How many calls it is for: as many as were asked for or, with the place, as many of them as their tier has room for.</summary>
    public int Calls { get; set; } = calls;

    /// <summary>Whether it still waits; changed only under the lock of <see cref="Admissions"/>.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>Completes with the place; cancelled if it waits no longer.</summary>
    public Task Granted => _granted.Task;

    public void Grant() => _granted.TrySetResult();

    public void GiveUp(CancellationToken cancellationToken) => _granted.TrySetCanceled(cancellationToken);
}
