using McpHub.Bridging.Inputs;
using McpHub.Bridging.Subscriptions;
using McpHub.Bridging.Tasks;
using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Observability;
using McpHub.Protocol;
using Microsoft.Extensions.Logging;

namespace McpHub.Upstreams;

/// <summary>
/// One MCP server as the gateway keeps it: connected, listed, connected again when it was lost; and asked on behalf of clients.
/// Thread-safe. Here its life; in the other parts what is asked of it.
/// </summary>
internal sealed partial class Upstream : ISubscribableSource, ITaskSource, IUpstreamEvents, IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    // After this long without a loss the next one is a new story, and the pause begins anew.
    private static readonly TimeSpan StableAfter = TimeSpan.FromSeconds(30);

    // A verdict "legacy" never corrects itself: an upgraded server still answers 'initialize'. So it is asked again after a day.
    private static readonly TimeSpan LegacyVerdictLifetime = TimeSpan.FromHours(24);

    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly McpMetrics _metrics;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly SemaphoreSlim _listsChanged = new(0, 1);
    private volatile TaskCompletionSource _stateChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Settings _settings;
    private volatile UpstreamConnection? _connection;
    private volatile UpstreamState _state;
    private volatile ServerOffer? _offer;
    private DateTimeOffset? _legacySince;
    private Task _running = Task.CompletedTask;
    private int _restarts;

    public Upstream(UpstreamConfig config, GatewayConfig gateway, McpMetrics metrics, InputServices inputs, TimeProvider time, ILogger logger)
    {
        Name = config.Name;
        _settings = new Settings(config, gateway);
        _metrics = metrics;
        _inputs = inputs;
        _interactive = new Lazy<InteractiveSessions>(() => new InteractiveSessions(Name, () => _connection is SharedStreamConnection, OpenInteractiveAsync, time, logger));
        _time = time;
        _logger = logger;
        _state = new UpstreamState { Status = UpstreamStatus.Connecting, Since = time.GetUtcNow() };
    }

    /// <summary>Called, on whatever thread, when <see cref="Offer"/> or <see cref="Declared"/> have changed; completes when clients see it.</summary>
    public Func<Task>? ShowChange { get; set; }

    public UpstreamConfig Config => _settings.Upstream;

    public string Name { get; }

    public UpstreamState State => _state;

    public ServerOffer? Offer => _offer;

    public void Start() => _running = Task.Run(RunAsync);

    /// <summary>What the server is shown to offer until it has been asked.</summary>
    /// <param name="offer">What clients without capabilities see.</param>
    /// <param name="declared">What others see.</param>
    public void Expect(ServerOffer? offer, DeclaredOffers declared)
    {
        _offer = offer;
        _declared = declared with { IsSettled = true };
        _wasServed = offer is not null;
    }

    /// <summary>Takes over settings that don't concern the connection.</summary>
    public void Reconfigure(UpstreamConfig config, GatewayConfig gateway) => _settings = new Settings(config, gateway);

    /// <summary>Waits until no call is in flight, or the limit is over.</summary>
    public async Task WhenIdleAsync(TimeSpan limit)
    {
        var started = _time.GetTimestamp();
        while (Volatile.Read(ref _inFlight) > 0 && _time.GetElapsedTime(started) < limit)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), _time);
        }
    }

    /// <summary>Completes when the first attempt to connect has succeeded, and clients see what the server offers, or has failed.</summary>
    public Task FirstAttempt => _ready.Task;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;

        // Also if there are none: a call that comes too late must not make them.
        await _interactive.Value.DisposeAsync();

        SetState(new UpstreamState { Status = UpstreamStatus.Stopped, Reason = "It was removed or the gateway stops." });
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        var pause = FirstPause;
        while (!_stopping.IsCancellationRequested)
        {
            var reason = await ServeAsync();
            if (_stopping.IsCancellationRequested)
            {
                return;
            }

            pause = _state.Status == UpstreamStatus.Ready && _time.GetUtcNow() - _state.Since > StableAfter ? FirstPause : pause;
            LogDown(_logger, Name, reason, pause);
            SetState(_state with { Status = UpstreamStatus.Down, Reason = reason, Since = _time.GetUtcNow(), Restarts = _restarts });
            _ready.TrySetResult();

            // Without a connection nobody need wait for what it lists for clients with certain capabilities.
            _ = ShowChangeAsync();
            await PauseAsync(pause);
            _restarts++;
            pause = Pause.Longer(pause, LongestPause);
            _ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            SetState(_state with { Status = UpstreamStatus.Connecting, Since = _time.GetUtcNow() });
        }
    }

    /// <summary>Connects, and serves until the connection is lost.</summary>
    /// <returns>Why it is not, or no more, connected.</returns>
    private async Task<string> ServeAsync()
    {
        OpenedSession? session = null;
        try
        {
            var started = _time.GetTimestamp();
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            timeout.CancelAfter(_settings.Gateway.Timeouts.Start);
            var isProbe = IsProbeDue();
            session = await Factory().OpenAsync(isProbe, timeout.Token);
            _legacySince = session.Connection.Revision.IsModern() ? null : isProbe ? _time.GetUtcNow() : _legacySince;
            return await ServeAsync(session, started, timeout);
        }
        catch (UpstreamException e)
        {
            // What was known of the era is only good as long as it opens the session.
            _legacySince = session is null ? null : _legacySince;
            return e.Message;
        }
        catch (OperationCanceledException) when (!_stopping.IsCancellationRequested)
        {
            return $"It did not start and answer within {_settings.Gateway.Timeouts.Start.TotalSeconds:0.#} s.";
        }
        catch (OperationCanceledException)
        {
            return "The gateway stops.";
        }
        catch (Exception e)
        {
            // Nobody else sees this task fail, and one bug here must not take the server away for good.
            LogBroken(_logger, e, Name);
            return "The gateway failed to talk to it; see the log.";
        }
        finally
        {
            _connection = null;
            if (session is not null)
            {
                await EndAsync(session.Connection);
            }
        }
    }

    /// <summary>Listens to the server, lists what it has, and serves until the connection is lost.</summary>
    /// <param name="session">The session.</param>
    /// <param name="started">When it was begun to connect.</param>
    /// <param name="timeout">Cancelled when the server should have listed everything; never after it has.</param>
    /// <returns>Why it is not connected any more.</returns>
    private async Task<string> ServeAsync(OpenedSession session, long started, CancellationTokenSource timeout)
    {
        var connection = session.Connection;
        var served = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);

        // Before the lists are read: what changes after that is heard.
        var listening = Listen(session, served.Task, out var hearing, ended.Token);
        try
        {
            var patience = TimeSpan.FromTicks(Math.Min(HearingLimit.Ticks, _settings.Gateway.Timeouts.Start.Ticks / 2));
            await hearing.WaitAsync(patience, _time, timeout.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ForgetChanges();
            var offer = await ListAsync(session, _offer, timeout.Token);
            timeout.CancelAfter(Timeout.InfiniteTimeSpan);
            var startTime = _time.GetElapsedTime(started);

            // What was shown before the connection was lost is shown until the server has been asked again.
            _declared = _declared.Differing.Count > 0 ? _declared : DeclaredOffers.Unread;

            // Before the connection: a call that finds that one looks at the offer.
            _offer = offer;
            _connection = connection;

            // Whoever waited until it is ready looks for its tools next.
            await PublishAsync(offer, _wasServed ? ListKinds.All : ListKinds.None).WaitAsync(_stopping.Token);
            _wasServed = true;
            SetState(new UpstreamState
            {
                Status = UpstreamStatus.Ready,
                Revision = connection.Revision,
                ServerVersion = session.ServerVersion,
                StartTime = startTime,
                Since = _time.GetUtcNow(),
                Restarts = _restarts,
            });
            LogReady(_logger, Name, session.ServerVersion, connection.Revision.Text(), offer.Tools.Count);
            _ready.TrySetResult();
            served.SetResult();
            return await KeepUpAsync(session);
        }
        finally
        {
            await ended.CancelAsync();
            await listening;
        }
    }

    private async Task EndAsync(UpstreamConnection connection)
    {
        try
        {
            await connection.DisposeAsync();
        }
        catch (Exception e)
        {
            LogBroken(_logger, e, Name);
        }
    }

    private ConnectionFactory Factory() => new(_settings.Upstream, _settings.Gateway, this, _time, _logger);

    private bool IsProbeDue() => _legacySince is not { } since || _time.GetUtcNow() - since > LegacyVerdictLifetime;

    private Task<ServerOffer> ListAsync(
        OpenedSession session, ServerOffer? previous, CancellationToken cancellationToken, ClientFeatures declared = ClientFeatures.None) =>
        new OfferReader(Name, Config.Transport is HttpTransportConfig, _logger).ReadAsync(session, previous, cancellationToken, declared);

    private void SetState(UpstreamState state)
    {
        _state = state;
        Interlocked.Exchange(ref _stateChanged, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    private Task ShowChangeAsync() => ShowChange?.Invoke() ?? Task.CompletedTask;

    private async Task PauseAsync(TimeSpan pause)
    {
        // A call that needs the server ends the pause, but after the first time only when a while has passed: a dead program must not
        // be started in a loop.
        var floor = pause > FirstPause ? FirstPause : TimeSpan.Zero;
        await Task.Delay(floor, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // Not all servers of a machine that comes back at the same moment.
        var jittered = (pause - floor) * (0.8 + (Random.Shared.NextDouble() * 0.4));
        var woken = _wake.WaitAsync(_stopping.Token);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        var waited = Task.Delay(jittered, _time, ended.Token);
        await Task.WhenAny(woken, waited);
        await ended.CancelAsync();
        if (!woken.IsCompleted)
        {
            Signal(_wake);
        }

        await woken.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Waits for a signal, for as long as this at most.</summary>
    private async Task WaitAsync(SemaphoreSlim signal, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var signalled = signal.WaitAsync(ended.Token);
        await Task.WhenAny(signalled, Task.Delay(limit, _time, ended.Token));
        await ended.CancelAsync();
        await signalled.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static void Signal(SemaphoreSlim semaphore)
    {
        try
        {
            semaphore.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is signalled already.
        }
    }

    [LoggerMessage(150, LogLevel.Information, "Server {Server} is ready: {ServerVersion}, revision {Revision}, {ToolCount} tools.")]
    private static partial void LogReady(ILogger logger, string server, string? serverVersion, string revision, int toolCount);

    [LoggerMessage(151, LogLevel.Warning, "Server {Server} is down: {Reason} It is tried again in {Pause}.")]
    private static partial void LogDown(ILogger logger, string server, string reason, TimeSpan pause);

    [LoggerMessage(152, LogLevel.Warning, "The lists of server {Server} could not be read again: {Reason}")]
    private static partial void LogRefreshFailed(ILogger logger, string server, string reason);

    [LoggerMessage(154, LogLevel.Error, "The connection of server {Server} failed in a way that it should not have.")]
    private static partial void LogBroken(ILogger logger, Exception exception, string server);

    /// <summary>What may be replaced while the upstream runs; read as one.</summary>
    private sealed record Settings(UpstreamConfig Upstream, GatewayConfig Gateway);
}
