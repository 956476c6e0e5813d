namespace McpHub.Caching;

/// <summary>What <c>hub_cache_stats</c> answers.</summary>
internal sealed record CacheStatistics(
    long Entries,
    long Bytes,
    long MaxBytes,
    long Hits,
    long Misses,
    long Coalesced,
    long Stale,
    long Bypassed,
    long Invalidated,
    long Evicted,
    IReadOnlyList<ToolCacheStatistics> Tools);
