namespace McpHub.Streaming;

/// <summary>A start that waits for a place. Guarded by the lock of its <see cref="StreamAdmission"/>.</summary>
/// <param name="priority">The higher, the sooner.</param>
/// <param name="number">The order of coming.</param>
/// <param name="bytes">What it takes of the budget.</param>
internal sealed class AdmissionWaiter(int priority, long number, int bytes) : IComparable<AdmissionWaiter>
{
    private readonly TaskCompletionSource<AdmissionOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Bytes { get; } = bytes;

    public Task<AdmissionOutcome> Outcome => _outcome.Task;

    public bool IsBefore(int other) => priority >= other;

    public bool TrySettle(AdmissionOutcome outcome) => _outcome.TrySetResult(outcome);

    public int CompareTo(AdmissionWaiter? other) => other is null ? -1
        : priority != other.Priority ? other.Priority.CompareTo(priority)
        : number.CompareTo(other.Number);

    private int Priority => priority;

    private long Number => number;
}
