namespace McpHub.Caching;

/// <summary>The part of <see cref="CacheStatistics"/> that is about one tool, or about all resources.</summary>
internal sealed record ToolCacheStatistics(
    string Name, long Entries, long Bytes, long Hits, long Misses, long Coalesced, long Stale, long Bypassed, long Invalidated, long Evicted)
{
    public static ToolCacheStatistics Of(CacheCounters counters) => new(
        counters.Name,
        counters.Entries,
        counters.Bytes,
        counters.Of(CacheOutcome.Hit),
        counters.Of(CacheOutcome.Miss),
        counters.Of(CacheOutcome.Coalesced),
        counters.Of(CacheOutcome.Stale),
        counters.Of(CacheOutcome.Bypass),
        counters.Invalidated,
        counters.Evicted);
}
