using McpHub.Pipeline.Nested;

namespace McpHub.Batching;

/// <summary>Tells a batch's caller of each item that has its outcome. Thread-safe.</summary>
internal sealed class BatchProgress(NestedRun run, int total)
{
    private readonly Lock _lock = new();
    private int _done;

    public void OnOutcome(BatchItem item, ItemOutcome outcome)
    {
        // In one go: what is told later must not be less.
        lock (_lock)
        {
            run.Report(++_done, total, $"{item.Label}: {outcome.Status.Text()}");
        }
    }
}
