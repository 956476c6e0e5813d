namespace McpHub.Caching;

/// <summary>One result that is kept. What it says of the store's order is the store's alone, under its lock.</summary>
/// <param name="key">The whole key.</param>
/// <param name="plan">By what it is kept.</param>
/// <param name="dependencies">What it is made of.</param>
/// <param name="value">The result.</param>
/// <param name="times">Until when it is good for what.</param>
internal sealed class CacheEntry(byte[] key, CachePlan plan, CacheDependencies dependencies, CacheValue value, CacheTimes times)
{
    /// <summary>About what an object with a few fields takes, or an array beside its content.</summary>
    public const int ObjectBytes = 64;

    // The entry, its times, its value with the table of forms, and its place in the table: as they were measured.
    private const int FixedBytes = 640;

    // A tag or topic: its text, and its place in a set.
    private const int TagBytes = 160;

    private int _isRefreshing;
    private int _hits;

    public byte[] Key { get; } = key;

    public CachePlan Plan { get; } = plan;

    public CacheDependencies Dependencies { get; } = dependencies;

    public CacheValue Value { get; } = value;

    public CacheTimes Times { get; } = times;

    /// <summary>Whether it was asked for since the store last looked.</summary>
    public bool IsVisited { get; set; }

    /// <summary>How many bytes the store counts for it.</summary>
    public int Charged { get; set; }

    public CacheEntry? Newer { get; set; }

    public CacheEntry? Older { get; set; }

    /// <summary>When it may be tried again to fetch it anew, in the clock's ticks.</summary>
    public long RefreshNotBefore { get; set; }

    /// <summary>About how often it was asked for; not counted exactly, because nothing depends on it.</summary>
    public int Hits => _hits;

    /// <summary>How many bytes it takes without what clients of other revisions get.</summary>
    public int Size => FixedBytes + Key.Length + Value.Length
        + ((Dependencies.Topics.Count + Dependencies.Tags.Exact.Count + Dependencies.Tags.Prefixes.Count) * TagBytes);

    public void Visit()
    {
        _hits++;
        if (!IsVisited)
        {
            // Not written when it is set already: the processors would take the line from each other at every hit.
            IsVisited = true;
        }
    }

    /// <summary>Whether the caller is the one to fetch it anew; <see cref="EndRefresh"/> when that has failed.</summary>
    public bool TryBeginRefresh() => Volatile.Read(ref _isRefreshing) == 0 && Interlocked.Exchange(ref _isRefreshing, 1) == 0;

    public void EndRefresh() => Volatile.Write(ref _isRefreshing, 0);
}
