namespace McpHub.Caching;

/// <summary>What the cache did for one request that may be answered by it.</summary>
internal enum CacheOutcome
{
    /// <summary>It had the answer.</summary>
    Hit,

    /// <summary>It had to ask.</summary>
    Miss,

    /// <summary>Somebody had asked the same already, and the answer served both.</summary>
    Coalesced,

    /// <summary>It had an answer that was over its time, and gave it as it was told to.</summary>
    Stale,

    /// <summary>It wasn't asked: the request says so, or is not one that could be compared.</summary>
    Bypass,
}
