using System.ComponentModel;
using McpHub.Catalog;
using McpHub.NativeTools;
using McpHub.Security.Permissions;
using ModelContextProtocol.Server;

namespace McpHub.Caching;

/// <summary>The tool that is there where the cache is on.</summary>
[McpServerToolType]
[ToolCategory("hub")]
internal sealed class CacheTools(ResultCache cache)
{
    [McpServerTool(Name = "hub_cache_stats", Title = "Cache statistics", ReadOnly = true, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Tells what the gateway's cache has done since the gateway started, in all and for each tool that you may call: hits, misses, calls that shared another's answer, stale answers, and what the results take.")]
    public CacheStatistics Statistics(McpServer server)
    {
        var view = NativeToolServer.ViewOf(server);
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
