using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using McpHub.Caching;
using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Pipeline;
using McpHub.RateLimiting;
using McpHub.Upstreams;

namespace McpHub.Batching;

/// <summary>The configuration of batches as calls need it. Immutable, but for what it remembers of tools.</summary>
internal sealed class BatchModel
{
    private readonly BatchLanes _lanes;
    private readonly ResultCache _cache;
    private readonly LimitModel? _limits;
    private readonly Dictionary<(string Server, string Tool), BulkForm> _bulk = [];
    private readonly ConcurrentDictionary<BulkForm, BulkCall> _open = new(ReferenceEqualityComparer.Instance);
    private readonly ConditionalWeakTable<CatalogEntry, ToolTraits> _traits = [];

    /// <param name="config">The configuration.</param>
    /// <param name="services">What its batches share.</param>
    /// <param name="lanes">What bounds their calls.</param>
    /// <param name="cache">Says which results are kept.</param>
    /// <param name="limits">Says what bounds the tiers; <see langword="null"/> if nothing does.</param>
    public BatchModel(HubConfig config, BatchServices services, BatchLanes lanes, ResultCache cache, LimitModel? limits)
    {
        Config = config.Gateway.Batch;
        Services = services;
        Metadata = new RequestMetadata(config.Gateway.Cache);
        _lanes = lanes;
        _cache = cache;
        _limits = limits;
        foreach (var server in config.Upstreams)
        {
            foreach (var (tool, settings) in server.Tools)
            {
                if (settings.Bulk is { } bulk)
                {
                    _bulk.Add((server.Name, tool), new BulkForm(bulk.Tool, bulk.ItemsPath, bulk.ResultPath, bulk.MaxItems));
                }
            }
        }
    }

    public BatchConfig Config { get; }

    public BatchServices Services { get; }

    /// <summary>Tells what of a call's metadata makes it another call.</summary>
    public RequestMetadata Metadata { get; }

    /// <summary>Whether calls of any tool can become one.</summary>
    public bool HasBulk => _bulk.Count > 0;

    /// <summary>What a tool of the catalog is.</summary>
    public ToolTraits TraitsOf(CatalogEntry tool) => _traits.TryGetValue(tool, out var known) ? known : _traits.GetValue(tool, Find);

    /// <summary>Whether the result of a call is known already.</summary>
    public bool Knows(CatalogEntry tool, ReadOnlySpan<byte> arguments, Caller caller) => _cache.Knows(tool, arguments, caller.Key);

    /// <summary>The call that unhurried calls of a tool, of whatever callers, become now.</summary>
    public BulkCall OpenCall(BulkForm form)
    {
        var (size, wait) = (Config.MicroBatch.MaxBatchSize, Config.MicroBatch.MaxWait);
        return _open.AddOrUpdate(
            form,
            _ => new BulkCall(form, Services.Time, wait, int.MaxValue, size),
            (_, open) => open.IsClosed ? new BulkCall(form, Services.Time, wait, int.MaxValue, size) : open);
    }

    private ToolTraits Find(CatalogEntry tool)
    {
        var isCached = _cache.Model is { } model && _cache.PlanOf(model, tool, isResource: false).Rule is not null;
        return new ToolTraits
        {
            Key = $"{tool.Source.Key}\n{tool.SourceName}",
            Route = tool.IsNesting ? null : new Route(_lanes.Of(tool.Source), _limits?.RoomOf(tool) is { } room ? _lanes.Of(room) : null),
            IsShareable = isCached || ToolHints.IsRepeatable(tool.Definition),
            IsCached = isCached,

            // What may be kept is fetched once for all who ask, by itself.
            Bulk = !isCached && tool.Source is Upstream upstream ? _bulk.GetValueOrDefault((upstream.Name, tool.SourceName)) : null,
        };
    }
}
