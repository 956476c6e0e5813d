namespace McpHub.Caching;

/// <summary>What a running call changes. Whatever becomes of the call, it may have changed it.</summary>
/// <param name="cache">Where it is forgotten.</param>
/// <param name="tags">Found out before the call began.</param>
internal sealed class PendingInvalidation(ResultCache cache, TagSet tags)
{
    /// <summary>The call has ended, and its answer has not gone out yet.</summary>
    public void Apply() => cache.Invalidate(new CacheChange { Reason = "call", Tags = tags });
}
