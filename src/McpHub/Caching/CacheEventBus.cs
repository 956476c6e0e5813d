using System.Collections.Concurrent;
using McpHub.Catalog;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace McpHub.Caching;

/// <summary>Where changes meet the cache, and then those who want to be told of them. Thread-safe.</summary>
internal sealed partial class CacheEventBus : ICacheEventBus
{
    private readonly ConcurrentDictionary<Type, object> _subscribers = new();
    private readonly ResultCache _cache;
    private readonly IServiceProvider _services;
    private readonly ILogger _logger;

    public CacheEventBus(ResultCache cache, IServiceProvider services, ILogger<CacheEventBus> logger)
    {
        _cache = cache;
        _services = services;
        _logger = logger;
        cache.Invalidated += Tell;
    }

    public void Publish<TEvent>(TEvent cacheEvent)
        where TEvent : class, ICacheEvent
    {
        ArgumentNullException.ThrowIfNull(cacheEvent);
        if (cacheEvent.Tags.Count > 0)
        {
            _cache.Invalidate(new CacheChange { Reason = "event", Tags = TagSet.OfPatterns(cacheEvent.Tags) });
        }

        Tell(cacheEvent);
    }

    /// <inheritdoc cref="ResultCache.OnResourceUpdated"/>
    public void OnResourceUpdated(string server, string uri)
    {
        _cache.OnResourceUpdated(ServerPath.From(server), uri);
        Tell(new ResourceUpdated(server, uri));
    }

    /// <summary>A new catalog is live.</summary>
    /// <param name="old">The one before.</param>
    /// <param name="next">The new one.</param>
    /// <param name="announced">The lists of which servers say that they have changed, by the servers' names in paths.</param>
    public void OnCatalogChanged(CatalogSnapshot old, CatalogSnapshot next, IReadOnlyDictionary<string, ListKinds> announced)
    {
        var changed = new Dictionary<string, ListKinds>(StringComparer.OrdinalIgnoreCase);
        foreach (var (server, view) in next.Servers)
        {
            var lists = announced.GetValueOrDefault(server) | (old.ViewOf(server) is { } before ? ListChanges.Between(before, view) : ListKinds.None);
            if (lists != ListKinds.None)
            {
                changed.Add(server, lists);
            }
        }

        _cache.OnCatalogChanged(next, changed);
        foreach (var server in changed.Keys)
        {
            Tell(new ListsChanged(server));
        }
    }

    private void Tell<TEvent>(TEvent cacheEvent)
        where TEvent : class, ICacheEvent
    {
        TellAs(cacheEvent);
        if (typeof(TEvent) != typeof(ICacheEvent))
        {
            // Apart: one object may want both, each by its own method.
            TellAs<ICacheEvent>(cacheEvent);
        }
    }

    private void TellAs<TEvent>(TEvent cacheEvent)
        where TEvent : class, ICacheEvent
    {
        foreach (var subscriber in SubscribersOf<TEvent>())
        {
            try
            {
                subscriber.OnEvent(cacheEvent);
            }
            catch (Exception e)
            {
                // One that fails must not keep the others, or whoever has changed something, from going on.
                LogFailed(_logger, e, subscriber.GetType().Name, cacheEvent.GetType().Name);
            }
        }
    }

    /// <remarks>Asked for late and once: a subscriber may itself want something of the gateway.</remarks>
    private ICacheEventSubscriber<TEvent>[] SubscribersOf<TEvent>()
        where TEvent : class, ICacheEvent =>
        (ICacheEventSubscriber<TEvent>[])_subscribers.GetOrAdd(typeof(TEvent), _ => _services.GetServices<ICacheEventSubscriber<TEvent>>().ToArray());

    [LoggerMessage(251, LogLevel.Error, "The subscriber {Subscriber} of {Event} failed.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string subscriber, string @event);
}
