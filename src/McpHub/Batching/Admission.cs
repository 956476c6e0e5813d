namespace McpHub.Batching;

/// <summary>One call's place, or its wait for one.</summary>
internal sealed class Admission(BatchShare share, Route route, string tool, QueueRank rank)
{
    private readonly TaskCompletionSource _granted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public BatchShare Share { get; } = share;

    public Route Route { get; } = route;

    public string Tool { get; } = tool;

    public QueueRank Rank { get; } = rank;

    /// <summary>Whether it still waits; changed only under the lock of <see cref="Admissions"/>.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>Completes with the place; cancelled if it waits no longer.</summary>
    public Task Granted => _granted.Task;

    public void Grant() => _granted.TrySetResult();

    public void GiveUp(CancellationToken cancellationToken) => _granted.TrySetCanceled(cancellationToken);
}
