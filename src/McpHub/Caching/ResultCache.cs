using System.Diagnostics.Metrics;
using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Hosting;
using McpHub.Observability;
using McpHub.Protocol;
using Microsoft.Extensions.Logging;

namespace McpHub.Caching;

/// <summary>
/// The results of tools and resources that are kept: by which configuration, and until what change. Off until a configuration
/// switches it on. Thread-safe.
/// </summary>
internal sealed class ResultCache : IConfiguredPart
{
    private readonly CachePlanner _planner;
    private readonly Lock _originsLock = new();
    private HashSet<object> _origins = new(ReferenceEqualityComparer.Instance);
    private volatile CacheModel? _model;
    private int _version;

    public ResultCache(CatalogStore catalog, McpMetrics metrics, TimeProvider time, ILogger<ResultCache> logger)
    {
        _planner = new CachePlanner();
        Time = time;
        Store = new CacheStore(time);
        Fetcher = new ResultFetcher(this, logger);
        metrics.ObserveCounter("mcphub.cache.requests", "{request}", "The requests that the cache may answer, by what it did.", CountRequests);
        metrics.ObserveCounter("mcphub.cache.invalidations", "{result}", "The results that were dropped because something had changed.", () => Count(c => c.Invalidated));
        metrics.ObserveCounter("mcphub.cache.evictions", "{result}", "The results that were dropped because there was no room.", () => Count(c => c.Evicted));
        metrics.ObserveGauge("mcphub.cache.entries", "{result}", "The results that are kept.", () => Count(c => (int)c.Entries));
        metrics.ObserveGauge("mcphub.cache.size", "By", "The memory that results take.", () => Count(c => (int)c.Bytes));
    }

    /// <summary>Raised, on whatever thread, after results were dropped.</summary>
    public event Action<CacheInvalidated>? Invalidated;

    /// <summary>By what requests are answered; <see langword="null"/> while the cache is off. Read it once for each request.</summary>
    public CacheModel? Model => _model;

    public CacheStore Store { get; }

    public ResultFetcher Fetcher { get; }

    public TimeProvider Time { get; }

    /// <summary>What the cache has done, by tool.</summary>
    public IEnumerable<CacheCounters> Counters => _planner.Counters;

    public CachePlan PlanOf(CacheModel model, CatalogEntry entry, bool isResource) => _planner.PlanOf(model, entry, isResource);

    /// <summary>Whether the result of a call without metadata is there, so that its source need not be asked.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="arguments">The arguments object, which has been read as JSON before.</param>
    /// <param name="caller">The key of the caller.</param>
    public bool Knows(CatalogEntry tool, ReadOnlySpan<byte> arguments, string caller)
    {
        var key = KeyBuffer.OfThread;
        if (_model is not { } model || PlanOf(model, tool, isResource: false) is not { Rule: { } rule } plan || !CacheKeys.TryWritePlain(key, arguments, plan))
        {
            return false;
        }

        if (rule.IsShared)
        {
            CacheKeys.EndShared(key);
        }
        else
        {
            CacheKeys.EndFor(key, caller);
        }

        var now = Time.GetTimestamp();
        return Store.TryGet(key.Span, out var kept) && now < Math.Max(kept.Times.FreshUntil, kept.Times.StaleUntil);
    }

    public void Apply(HubConfig config)
    {
        var cache = config.Gateway.Cache;
        var wasOn = _model is not null;
        _model = cache.Enabled ? new CacheModel(config, Interlocked.Increment(ref _version)) : null;
        Store.Bound(cache.Enabled ? cache.MaxBytes : 0);
        if (wasOn)
        {
            Invalidate(new CacheChange { Reason = "configuration", IsEverything = true });
        }
    }

    /// <summary>Something has changed: when this returns, nobody who asks from now on gets an answer from before.</summary>
    /// <returns>How many results were dropped.</returns>
    public int Invalidate(CacheChange change)
    {
        var removed = Store.Invalidate(change);
        Invalidated?.Invoke(new CacheInvalidated(change.Tags.ToTexts(), change.Reason, removed));
        return removed;
    }

    /// <summary>A server says that one of its resources has changed.</summary>
    /// <param name="server">The server as it stands in paths.</param>
    /// <param name="uri">The URI at the server.</param>
    public void OnResourceUpdated(string server, string uri)
    {
        if (_model is not null)
        {
            Invalidate(new CacheChange { Reason = "resource", Topics = Topics.OfUpdate(server, uri) });
        }
    }

    /// <summary>A new catalog is live: what servers have changed, or have gone with, is dropped.</summary>
    /// <param name="next">The catalog.</param>
    /// <param name="changed">The lists that are others, or are said to be, by the servers' names in paths.</param>
    public void OnCatalogChanged(CatalogSnapshot next, IReadOnlyDictionary<string, ListKinds> changed)
    {
        if (_model is null)
        {
            return;
        }

        var topics = new List<string>();
        foreach (var (server, lists) in changed)
        {
            if (lists.HasFlag(ListKinds.Tools))
            {
                topics.Add(Topics.ToolsOf(server));
            }

            if (lists.HasFlag(ListKinds.Resources))
            {
                topics.Add(Topics.ResourcesOf(server));
            }
        }

        var live = OriginsOf(next);
        var haveGone = false;
        lock (_originsLock)
        {
            haveGone = !_origins.IsSubsetOf(live);
            _origins = live;
        }

        if (haveGone || topics.Count > 0)
        {
            Invalidate(new CacheChange { Reason = "catalog", Topics = topics, LiveOrigins = haveGone ? live : null });
        }
    }

    private static HashSet<object> OriginsOf(CatalogSnapshot snapshot)
    {
        var content = snapshot.Root.Content;
        var origins = new HashSet<object>(ReferenceEqualityComparer.Instance);
        origins.UnionWith(content.Tools.Select(t => t.Source.Origin));
        origins.UnionWith(content.ResourceSources.Select(s => s.Source.Origin));
        return origins;
    }

    private IEnumerable<Measurement<long>> CountRequests() =>
        from counters in Counters
        from outcome in Enum.GetValues<CacheOutcome>()
        select new Measurement<long>(
            counters.Of(outcome),
            new KeyValuePair<string, object?>("gen_ai.tool.name", counters.Name),
            new KeyValuePair<string, object?>("mcphub.cache.outcome", outcome.ToString().ToLowerInvariant()));

    private IEnumerable<Measurement<T>> Count<T>(Func<CacheCounters, T> read)
        where T : struct =>
        Counters.Select(c => new Measurement<T>(read(c), new KeyValuePair<string, object?>("gen_ai.tool.name", c.Name)));
}
