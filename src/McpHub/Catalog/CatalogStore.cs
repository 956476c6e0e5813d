namespace McpHub.Catalog;

/// <summary>Holds the snapshot that is live.</summary>
/// <param name="time">The clock.</param>
internal sealed class CatalogStore(TimeProvider time)
{
    private volatile CatalogSnapshot _current = CatalogSnapshot.Empty;
    private volatile TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public CatalogSnapshot Current
    {
        get => _current;
        set
        {
            _current = value;
            Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        }
    }

    /// <summary>Completes with the next snapshot.</summary>
    public Task Changed => _changed.Task;

    /// <summary>What clients have declared, by which servers may choose what they list.</summary>
    public DeclaredSets Declared { get; } = new(time);
}
