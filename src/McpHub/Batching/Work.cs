namespace McpHub.Batching;

/// <summary>One call of a batch, and the items that it is made for. Changed only under the lock of the <see cref="BatchLedger"/>.</summary>
/// <param name="first">The item that is called.</param>
/// <param name="traits">What its tool is.</param>
/// <param name="key">What makes other calls equal to it; <see langword="null"/> if each is made.</param>
internal sealed class Work(BatchItem first, ToolTraits traits, byte[]? key)
{
    public BatchItem First { get; } = first;

    public ToolTraits Traits { get; } = traits;

    public byte[]? Key { get; } = key;

    /// <summary>The other items that get its result.</summary>
    public List<BatchItem> Others { get; } = [];

    public int Priority { get; private set; } = first.Priority;

    public IEnumerable<BatchItem> Items => Others.Prepend(First);

    public void Join(BatchItem item)
    {
        Others.Add(item);
        Priority = Math.Max(Priority, item.Priority);
    }
}
