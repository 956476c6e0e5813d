using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.NativeTools.Hub;
using McpHub.Security.Permissions;

namespace McpHub.Caching;

/// <summary><c>hub_cache_stats</c>: what the cache has done; there where the cache is on.</summary>
internal sealed class CacheStatisticsTool(ResultCache cache) : ReportTool<CacheStatistics>(
    """
    {
      "name": "hub_cache_stats",
      "title": "Cache statistics",
      "description": "Tells what the gateway's cache has done since the gateway started, in all and for each tool that you may call: hits, misses, calls that shared another's answer, stale answers, and what the results take.",
      "inputSchema": { "type": "object", "properties": {} },
      "outputSchema": {
        "type": "object",
        "properties": {
          "entries": { "type": "integer" },
          "bytes": { "type": "integer" },
          "maxBytes": { "type": "integer" },
          "hits": { "type": "integer" },
          "misses": { "type": "integer" },
          "coalesced": { "type": "integer" },
          "stale": { "type": "integer" },
          "bypassed": { "type": "integer" },
          "invalidated": { "type": "integer" },
          "evicted": { "type": "integer" },
          "tools": {
            "type": "array",
            "items": {
              "type": "object",
              "properties": {
                "name": { "type": "string" },
                "entries": { "type": "integer" },
                "bytes": { "type": "integer" },
                "hits": { "type": "integer" },
                "misses": { "type": "integer" },
                "coalesced": { "type": "integer" },
                "stale": { "type": "integer" },
                "bypassed": { "type": "integer" },
                "invalidated": { "type": "integer" },
                "evicted": { "type": "integer" }
              },
              "required": ["name", "entries", "bytes", "hits", "misses", "coalesced", "stale", "bypassed", "invalidated", "evicted"]
            }
          }
        },
        "required": ["entries", "bytes", "maxBytes", "hits", "misses", "coalesced", "stale", "bypassed", "invalidated", "evicted", "tools"]
      },
      "annotations": { "title": "Cache statistics", "readOnlyHint": true, "idempotentHint": true, "openWorldHint": false }
    }
    """)
{
    public static bool IsOffered(GatewayConfig gateway) => gateway.Cache.Enabled;

    protected override CacheStatistics Report(CatalogView view)
    {
        var tools = cache.Counters.Where(c => IsShown(c, view)).OrderBy(c => c.Name, StringComparer.Ordinal).Select(ToolCacheStatistics.Of).ToArray();
        return new CacheStatistics(
            tools.Sum(t => t.Entries),
            tools.Sum(t => t.Bytes),
            cache.Model?.Config.Gateway.Cache.MaxBytes ?? 0,
            tools.Sum(t => t.Hits),
            tools.Sum(t => t.Misses),
            tools.Sum(t => t.Coalesced),
            tools.Sum(t => t.Stale),
            tools.Sum(t => t.Bypassed),
            tools.Sum(t => t.Invalidated),
            tools.Sum(t => t.Evicted),
            tools);
    }

    /// <summary>What a policy keeps from the caller has no name here, and adds to no sum. Resources are counted together: all, or none.</summary>
    private static bool IsShown(CacheCounters counters, CatalogView view) =>
        view.Access is not { } access
        || (counters.Name == CachePlanner.ResourcesName
            ? access.All.Content.Resources.Concat(access.All.Content.ResourceTemplates).All(entry => MayHave(access, entry))
            : view.Content.Tools.Any(tool => tool.CommonName == counters.Name && MayHave(access, tool)));

    private static bool MayHave(ViewAccess access, CatalogEntry entry) => access.To(entry).Decision.Outcome == AccessOutcome.Allowed;
}
