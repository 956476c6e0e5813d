namespace McpHub.Caching;

/// <summary>What the cache has done for one tool, or for all resources, since the gateway started. Thread-safe.</summary>
/// <param name="name">The tool's name at the common endpoint; <c>resources/read</c> for resources.</param>
internal sealed class CacheCounters(string name)
{
    private readonly long[] _outcomes = new long[Enum.GetValues<CacheOutcome>().Length];
    private long _bytes;
    private long _entries;
    private long _invalidated;
    private long _evicted;

    public string Name { get; } = name;

    /// <summary>How many bytes its results take.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    public long Entries => Volatile.Read(ref _entries);

    public long Invalidated => Volatile.Read(ref _invalidated);

    public long Evicted => Volatile.Read(ref _evicted);

    public long Of(CacheOutcome outcome) => Volatile.Read(ref _outcomes[(int)outcome]);

    public void Count(CacheOutcome outcome) => Interlocked.Increment(ref _outcomes[(int)outcome]);

    public void CountInvalidated() => Interlocked.Increment(ref _invalidated);

    public void CountEvicted() => Interlocked.Increment(ref _evicted);

    public void Charge(int bytes, int entries)
    {
        Interlocked.Add(ref _bytes, bytes);
        Interlocked.Add(ref _entries, entries);
    }
}
