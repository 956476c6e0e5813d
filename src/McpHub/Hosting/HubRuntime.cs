using System.Diagnostics.Metrics;
using System.Threading.Channels;
using McpHub.Bridging.Inputs;
using McpHub.Bridging.Subscriptions;
using McpHub.Caching;
using McpHub.Catalog;
using McpHub.Composition;
using McpHub.Configuration;
using McpHub.Configuration.Comparison;
using McpHub.NativeTools;
using McpHub.NativeTools.Tasks;
using McpHub.Observability;
using McpHub.Upstreams;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace McpHub.Hosting;

/// <summary>
/// The running gateway: its upstreams, and the catalog that is built from them. Applies configurations, one at a time; whatever
/// changes, the next snapshot is built aside and swapped in.
/// </summary>
internal sealed partial class HubRuntime : IHostedService, IAsyncDisposable
{
    private readonly UpstreamSet _upstreams;
    private readonly SubscriptionHub _subscriptions;
    private readonly CatalogBuilder _builder;
    private readonly Lazy<IReadOnlyList<NativeToolSet>> _nativeToolSets;
    private readonly NativeTasks _nativeTasks;
    private readonly CacheEventBus _cacheEvents;
    private readonly CacheWarmer _cacheWarmer;
    private readonly Compositions _compositions;
    private readonly IConfiguredPart[] _parts;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _applying = new(1, 1);
    private readonly Lock _building = new();
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stopping = new();
    private readonly long _started;
    private TaskCompletionSource _nextSwap = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _rebuilding = Task.CompletedTask;
    private HubConfig _config;

    public HubRuntime(
        CatalogStore catalog,
        SubscriptionHub subscriptions,
        HubConfig config,
        IServiceProvider services,
        McpMetrics metrics,
        InputServices inputs,
        TimeProvider time,
        ILoggerFactory loggers)
    {
        Catalog = catalog;
        _subscriptions = subscriptions;
        _config = config;
        _time = time;
        _started = time.GetTimestamp();
        _logger = loggers.CreateLogger<HubRuntime>();
        _upstreams = new UpstreamSet(metrics, inputs, time, loggers) { ResourceUpdated = OnResourceUpdated, DeclaredSets = catalog.Declared };
        catalog.Declared.Changed += OnDeclared;
        _builder = new CatalogBuilder(loggers.CreateLogger<CatalogBuilder>());

        _nativeTasks = services.GetRequiredService<NativeTasks>();
        _cacheEvents = services.GetRequiredService<CacheEventBus>();
        _cacheWarmer = services.GetRequiredService<CacheWarmer>();
        _compositions = services.GetRequiredService<Compositions>();
        _compositions.Changed += OnCompositionsChanged;
        _parts = [.. services.GetServices<IConfiguredPart>()];

        // Later: a native tool may itself want the runtime.
        _nativeToolSets = new Lazy<IReadOnlyList<NativeToolSet>>(() => [.. services.GetServices<NativeToolSet>()]);
        metrics.ObserveGauge("mcphub.upstreams", "{upstream}", "The servers behind the gateway, by state.", CountUpstreams);
        metrics.ObserveGauge("mcphub.upstream.subscriptions", "{subscription}", "The resources that a server is asked to tell of.", CountSubscriptions);
    }

    public CatalogStore Catalog { get; }

    public IReadOnlyList<Upstream> Upstreams => _upstreams.Current;

    public TimeSpan Uptime => _time.GetElapsedTime(_started);

    public HubConfig Config => _config;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await ApplyAsync(_config, cancellationToken);
        _rebuilding = Task.Run(RebuildAsync, CancellationToken.None);
    }

    public async Task StopAsync(CancellationToken cancellationToken) => await DisposeAsync();

    /// <summary>Makes a validated configuration the live one.</summary>
    public async Task ApplyAsync(HubConfig config, CancellationToken cancellationToken)
    {
        await _applying.WaitAsync(cancellationToken);
        try
        {
            if (_stopping.IsCancellationRequested)
            {
                return;
            }

            var removed = _upstreams.Apply(config, ShowUpstreamChange, static (old, next) => !UpstreamSettings.Compare(old, next).NeedsConnection);
            _config = config;
            foreach (var part in _parts)
            {
                part.Apply(config);
            }

            Rebuild();
            _upstreams.Drain(removed, config.Gateway.Timeouts.Drain);
        }
        finally
        {
            _applying.Release();
        }
    }

    /// <summary>Waits until every upstream has answered, and clients see it, or has failed once; or the time is over.</summary>
    public async Task WhenSettledAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(Upstreams.Select(u => u.FirstAttempt)).WaitAsync(limit, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Those that are up are served; the others come when they come.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        await _stopping.CancelAsync();
        await _rebuilding;
        await _applying.WaitAsync();
        await _upstreams.DisposeAsync();
    }

    private void OnDeclared()
    {
        foreach (var upstream in Upstreams)
        {
            upstream.OnDeclared();
        }
    }

    // At once, and not when there is time: whoever has defined one calls it next.
    private void OnCompositionsChanged() => Rebuild();

    private Task ShowUpstreamChange()
    {
        // Before there is a reason to build it: it is the first that is begun after the change.
        var swapped = Volatile.Read(ref _nextSwap).Task;
        _changes.Writer.TryWrite(true);
        return swapped;
    }

    private async Task RebuildAsync()
    {
        try
        {
            while (await _changes.Reader.WaitToReadAsync(_stopping.Token))
            {
                while (_changes.Reader.TryRead(out _))
                {
                    // However many changes there were, they are one new snapshot.
                }

                try
                {
                    Rebuild();
                }
                catch (Exception e)
                {
                    // The old snapshot goes on serving.
                    LogRebuildFailed(_logger, e);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private void Rebuild()
    {
        lock (_building)
        {
            var swapped = Interlocked.Exchange(ref _nextSwap, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            try
            {
                Swap();
            }
            finally
            {
                // Also if it failed: what waits for it goes on with the one before.
                swapped.TrySetResult();
            }
        }
    }

    /// <summary>Builds the next snapshot and makes it the live one; under the lock.</summary>
    private void Swap()
    {
        var config = _config;
        var natives = _nativeToolSets.Value.Where(s => s.IsServed(config.Gateway)).SelectMany(s => s.Tools).ToArray();

        // Before the offers are read: what is announced is in them.
        var announced = TakeAnnounced();
        var old = Catalog.Current;
        (ICatalogSource, UpstreamConfig)[] upstreams = [.. _upstreams.Current.Select(u => ((ICatalogSource)u, u.Config))];
        ICatalogSource[] inProcess = natives.Length == 0 ? [] : [new NativeToolSource("native", natives, _nativeTasks)];
        Catalog.Current = _compositions.Build(
            natives.Select(t => t.Definition.Key),
            compositions => _builder.Build(config, upstreams, compositions is null ? inProcess : [.. inProcess, compositions]));

        // The cache first: who asks again upon being told must not get what was kept.
        _cacheEvents.OnCatalogChanged(old, Catalog.Current, announced);
        _subscriptions.OnCatalogChanged(old, Catalog.Current, announced);
        _cacheWarmer.OnCatalogChanged(Catalog.Current);
    }

    private void OnResourceUpdated(Upstream upstream, string uri)
    {
        _cacheEvents.OnResourceUpdated(upstream.Name, uri);
        _subscriptions.Topics.Tell(upstream, uri);
    }

    private Dictionary<string, ListKinds> TakeAnnounced()
    {
        var announced = new Dictionary<string, ListKinds>(StringComparer.OrdinalIgnoreCase);
        foreach (var upstream in _upstreams.Current)
        {
            announced[ServerPath.From(upstream.Name)] = upstream.TakeAnnounced();
        }

        return announced;
    }

    private IEnumerable<Measurement<int>> CountSubscriptions() =>
        Upstreams.Select(u => new Measurement<int>(u.SubscriptionCount, new KeyValuePair<string, object?>("mcphub.server.name", u.Name)));

    private IEnumerable<Measurement<int>> CountUpstreams() =>
        Enum.GetValues<UpstreamStatus>().Select(status => new Measurement<int>(
            Upstreams.Count(u => u.State.Status == status),
            new KeyValuePair<string, object?>("mcphub.upstream.status", status.ToString().ToLowerInvariant())));

    [LoggerMessage(190, LogLevel.Error, "The catalog could not be built; the previous one goes on serving.")]
    private static partial void LogRebuildFailed(ILogger logger, Exception exception);
}
