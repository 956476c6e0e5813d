using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using McpHub.Catalog;
using McpHub.Observability;
using McpHub.Pipeline;

namespace McpHub.Bridging.Subscriptions;

/// <summary>
/// Where changes of the catalog and of the servers' resources meet the clients that want to be told of them, in either era. Telling
/// never waits for a client. Thread-safe.
/// </summary>
internal sealed class SubscriptionHub : IDisposable
{
    private static readonly TimeSpan TickPeriod = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<ChangeListener, byte> _listeners = new();
    private readonly CatalogStore _catalog;
    private readonly ITimer _ticker;
    private volatile bool _isEnded;

    public SubscriptionHub(CatalogStore catalog, McpMetrics metrics, TimeProvider time)
    {
        _catalog = catalog;
        Time = time;
        Topics = new TopicTable(catalog);
        _ticker = time.CreateTimer(static state => ((SubscriptionHub)state!).Tick(), this, TickPeriod, TickPeriod);
        metrics.ObserveGauge("mcphub.listeners", "{listener}", "The clients that are told of changes.", CountListeners);
    }

    public TimeProvider Time { get; }

    /// <summary>Who has subscribed to which resource.</summary>
    public TopicTable Topics { get; }

    /// <summary>How many listen.</summary>
    public int Count => _listeners.Count;

    /// <summary>From now on the listener is told of changes.</summary>
    public void Add(ChangeListener listener)
    {
        _listeners.TryAdd(listener, 0);
        if (_isEnded || (listener.IsModern && _catalog.Current.ViewOf(listener.Server) is null))
        {
            listener.End();
        }
    }

    /// <summary>The listener is told of nothing any more, and its subscriptions end.</summary>
    public void Remove(ChangeListener listener)
    {
        _listeners.TryRemove(listener, out _);
        Topics.Forget(listener);
    }

    /// <summary>A new catalog is live. Call it once for each, in their order.</summary>
    /// <param name="old">The one before.</param>
    /// <param name="next">The new one.</param>
    /// <param name="announced">The lists of which servers say that they have changed, by the servers' names in paths; told even if they look the same.</param>
    public void OnCatalogChanged(CatalogSnapshot old, CatalogSnapshot next, IReadOnlyDictionary<string, ListKinds> announced)
    {
        // Which of the lists have changed depends on who sees them.
        var shown = ReferenceEquals(old.Policy, next.Policy) ? ListKinds.None : ListKinds.All;
        var all = announced.Values.Aggregate(shown, (all, lists) => all | lists);
        if ((all | ListChanges.Ever(old.Root, next.Root)).HasFlag(ListKinds.Resources)
            || next.Servers.Any(s => old.ViewOf(s.Key) is { } before && ListChanges.Ever(before, s.Value).HasFlag(ListKinds.Resources))
            || !HaveSameSources(old, next))
        {
            // Before anybody is told: who lists upon it may subscribe to what it finds.
            Topics.Follow();
        }

        // What clients of one endpoint with the same capabilities are told is the same.
        var told = new Dictionary<(string Server, ClientFeatures Features), ListKinds>();
        foreach (var (listener, _) in _listeners)
        {
            if (next.ViewOf(listener.Server) is not { } view)
            {
                if (listener.IsModern)
                {
                    // A session goes on, and its requests find out; the server may come back.
                    listener.End();
                }

                continue;
            }

            if (!told.TryGetValue((listener.Server, listener.Features), out var lists))
            {
                lists = (listener.Server.Length == 0 ? all : shown | announced.GetValueOrDefault(listener.Server))
                    | (old.ViewOf(listener.Server) is { } before ? ListChanges.Between(before.SeenBy(listener.Features), view.SeenBy(listener.Features)) : ListKinds.None);
                told[(listener.Server, listener.Features)] = lists;
            }

            listener.Tell(lists);
        }
    }

    /// <summary>The client of a stream has nothing more to say; what listens on it is answered.</summary>
    public void End(IClientStream stream)
    {
        foreach (var (listener, _) in _listeners)
        {
            if (listener is ListenRequest request && ReferenceEquals(request.Stream, stream))
            {
                request.End();
            }
        }
    }

    /// <summary>The gateway shuts down: whoever listens is answered, and so is whoever still begins to.</summary>
    public void End()
    {
        _isEnded = true;
        foreach (var (listener, _) in _listeners)
        {
            listener.End();
        }
    }

    public void Dispose() => _ticker.Dispose();

    private static bool HaveSameSources(CatalogSnapshot old, CatalogSnapshot next) =>
        old.Root.Content.ResourceSources.Select(s => s.Source).SequenceEqual(next.Root.Content.ResourceSources.Select(s => s.Source));

    private void Tick()
    {
        foreach (var (listener, _) in _listeners)
        {
            listener.Tick();
        }
    }

    private IEnumerable<Measurement<int>> CountListeners()
    {
        var modern = _listeners.Count(l => l.Key.IsModern);
        yield return Measure(modern, "modern");
        yield return Measure(_listeners.Count - modern, "legacy");
    }

    private static Measurement<int> Measure(int count, string era) => new(count, new KeyValuePair<string, object?>("mcphub.era", era));
}
