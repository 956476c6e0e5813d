using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using McpHub.Bridging;
using McpHub.Bridging.Inputs;
using McpHub.Catalog;
using McpHub.Pipeline;
using McpHub.Protocol;
using Microsoft.Extensions.Logging;

namespace McpHub.Upstreams;

/// <summary>Requests on behalf of clients.</summary>
internal sealed partial class Upstream
{
    // A server that says it logs and doesn't answer 'setLevel' must not hold the calls up.
    private static readonly TimeSpan SetLevelLimit = TimeSpan.FromSeconds(5);

    // How long a call waits for a server that is just being connected again.
    private static readonly TimeSpan ReconnectGrace = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _leveling = new(1, 1);
    private readonly ConcurrentDictionary<ClientFeatures, SharedReading> _freshReadings = new();
    private int _inFlight;

    /// <remarks>
    /// A request that fails with its connection is sent once more, if it cannot have run or may run twice. It is one long method
    /// because every method that waits for a proxied call costs about 2 % of the call.
    /// </remarks>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<McpResult> InvokeAsync(McpContext context, CatalogEntry entry, CancellationToken cancellationToken)
    {
        var settings = _settings;
        context.StartDeadline(entry.Timeout ?? context.TierTimeout ?? settings.Upstream.Timeout ?? settings.Gateway.Timeouts.Call);
        Interlocked.Increment(ref _inFlight);
        using var operation = _metrics.StartClientOperation(context, entry, this);
        var inputs = InputCapabilities.Of(context);
        var isConversing = false;
        UpstreamConnection? failed = null;
        CallRelay? relay = null;
        McpResult result;
        while (true)
        {
            UpstreamConnection? connection = null;
            try
            {
                connection = failed is null ? _connection ?? await WaitForConnectionAsync(cancellationToken) : await WaitForNextAsync(failed, cancellationToken);
                isConversing = IsConversation(connection, context, inputs);
                if (isConversing)
                {
                    result = await ConverseAsync(connection, context, entry, inputs, cancellationToken);
                    break;
                }

                if (IsLogLevelDue(connection, context))
                {
                    await RaiseLogLevelAsync(connection, context, cancellationToken);
                }

                relay = RelayFor(context, connection, relay);
                using var call = RequestTranslator.Translate(context, entry, connection.NextId(), connection.Revision, relay);
                var begun = connection.Begin(call, cancellationToken);
                await begun.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                var reply = await connection.EndAsync(call, begun, cancellationToken);
                result = reply.IsError || reply.IsInputRequired
                    ? await TakeSpecialAsync(connection, context, entry, inputs, relay, null, reply, cancellationToken)
                    : ResultTranslator.Translate(context, entry, connection.Revision, reply);
                break;
            }
            catch (UpstreamException e) when (failed is null && connection is not null && !isConversing && MayBeRepeated(e, connection, entry, relay))
            {
                LogRepeated(_logger, Name, e.Kind, e.Message);
                failed = connection;
            }
            catch (Exception e) when (Explain(e, context) is { } failure)
            {
                result = McpResult.Fail(failure);
                break;
            }
            catch
            {
                Interlocked.Decrement(ref _inFlight);
                throw;
            }
        }

        Interlocked.Decrement(ref _inFlight);
        operation.End(result);
        return result;
    }

    /// <summary>
    /// Whether it takes more than a request and its reply. Between modern peers it does only from the second round on: what the server
    /// wants is in its reply. A legacy server that lists something of its own for clients like this one does what it lists in a session
    /// that was opened as for such a client. A conversation repeats by itself what may be repeated.
    /// </summary>
    private bool IsConversation(UpstreamConnection connection, McpContext context, InputKinds inputs) =>
        (inputs != InputKinds.None && !(context.Revision.IsModern() && connection.Revision.IsModern()))
        || (context.Features != ClientFeatures.None && !connection.Revision.IsModern() && _declared.Differing.ContainsKey(context.Features))
        || (context.Envelope.IsInputRetry && RequestStates.IsIn(context));

    /// <summary>The way of progress and log messages; <see langword="null"/> if there can be none.</summary>
    /// <param name="context">The request.</param>
    /// <param name="connection">What it is sent on.</param>
    /// <param name="last">The way of the try before, which goes on where it was: progress never goes back.</param>
    private CallRelay? RelayFor(McpContext context, UpstreamConnection connection, CallRelay? last = null)
    {
        last?.Attach(context, isNewRequest: false);
        return last ?? (CallRelay.IsWanted(context, _offer?.Features ?? ServerFeatures.None, connection.AnswersInStreams) ? new CallRelay(context) : null);
    }

    /// <summary>Whether the request may be sent once more. Not when its parts are with a reader, who would get them twice.</summary>
    private static bool MayBeRepeated(UpstreamException exception, UpstreamConnection connection, CatalogEntry entry, CallRelay? relay) => exception.Kind switch
    {
        // Refused, by a server that is there, it would be refused again.
        FailureKind.UpstreamUnavailable => connection.Closed.IsCompleted,
        FailureKind.UpstreamLost => entry.IsRepeatable,
        _ => false,
    } && relay is not { HasGivenParts: true };

    /// <summary>A reply that is not just the result: an error, or a wish for input.</summary>
    private async ValueTask<McpResult> TakeSpecialAsync(
        UpstreamConnection connection,
        McpContext context,
        CatalogEntry entry,
        InputKinds inputs,
        CallRelay? relay,
        InputRetry? retry,
        UpstreamReply reply,
        CancellationToken cancellationToken)
    {
        if (reply.IsError)
        {
            reply = await MendAsync(connection, context, entry, relay, retry, reply, cancellationToken);
        }

        if (!reply.IsError && reply.IsInputRequired)
        {
            // A state without requests is not for the client to answer, but for whoever tries again.
            return context.Revision.IsModern() ? PassOn(context, entry, inputs, reply)
                : context.Session is null && context.Inputs is null ? ResultTranslator.Translate(context, entry, connection.Revision, reply)
                : await AskSessionAsync(connection, context, entry, reply, cancellationToken);
        }

        return ResultTranslator.Translate(context, entry, connection.Revision, reply);
    }

    /// <summary>An error of the hop to the server, of which the server has not run the request: what can be done about it is done.</summary>
    /// <returns>The error, or the reply to another try.</returns>
    private async ValueTask<UpstreamReply> MendAsync(
        UpstreamConnection connection,
        McpContext context,
        CatalogEntry entry,
        CallRelay? relay,
        InputRetry? retry,
        UpstreamReply reply,
        CancellationToken cancellationToken)
    {
        if (reply.ErrorCode == McpErrorCodes.UnsupportedProtocolVersion)
        {
            // Another server answers at the same place: its era is to be found out anew.
            _legacySince = null;
            connection.Close("The server no longer speaks the revision that it did.");
        }

        if (reply.ErrorCode == McpErrorCodes.HeaderMismatch && entry.HeaderParameters.Count > 0)
        {
            reply.Dispose();
            reply = await SendWithFreshSchemaAsync(connection, context, entry, relay, retry, cancellationToken);
        }

        return reply;
    }

    /// <summary>What the client is told of an exception; <see langword="null"/> for one that nobody expected.</summary>
    private Failure? Explain(Exception exception, McpContext context)
    {
        switch (exception)
        {
            case UpstreamException e:
                LogCallFailed(_logger, Name, e.Kind, e.Message);
                var sure = e.Kind == FailureKind.UpstreamUnavailable ? "The request has not run." : "The request may have run.";
                return new Failure(e.Kind, $"Server '{Name}': {e.Message} {sure}");
            case ObjectDisposedException:
                return new Failure(FailureKind.UpstreamUnavailable, $"Server '{Name}': The connection was closed. The request has not run.");
            case OperationCanceledException when context.IsCancelledByClient:
                return new Failure(FailureKind.Cancelled, "The client cancelled the request.");
            case OperationCanceledException:
                return new Failure(FailureKind.TimedOut, $"Server '{Name}' did not answer in time. The request may have run.");
            default:
                return null;
        }
    }

    private bool IsLogLevelDue(UpstreamConnection connection, McpContext context) =>
        !connection.Revision.IsModern() && LogLevels.WantedBy(context) is { } wanted
        && !(connection.ToldLogLevel <= wanted) && _offer?.Features.HasFlag(ServerFeatures.Logging) == true;

    /// <summary>
    /// A legacy server has one log level for the whole session: it is told the most verbose one that any client has asked for, and
    /// what a client doesn't want is left out on the way to it.
    /// </summary>
    private async ValueTask RaiseLogLevelAsync(UpstreamConnection connection, McpContext context, CancellationToken cancellationToken)
    {
        await _leveling.WaitAsync(cancellationToken);
        try
        {
            if (IsLogLevelDue(connection, context) && LogLevels.WantedBy(context) is { } wanted)
            {
                connection.ToldLogLevel = wanted;
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                limit.CancelAfter(SetLevelLimit);
                using var call = GatewayRequests.SetLevel(connection.NextId(), wanted);
                using var reply = await connection.SendAsync(call, limit.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It has been told; whether it cares is its own business.
        }
        finally
        {
            _leveling.Release();
        }
    }

    /// <summary>The tool's schema has changed under us; the server has not run the call (SEP-2243: list anew and try once more).</summary>
    private async ValueTask<UpstreamReply> SendWithFreshSchemaAsync(
        UpstreamConnection connection, McpContext context, CatalogEntry entry, CallRelay? relay, InputRetry? retry, CancellationToken cancellationToken)
    {
        var fresh = await RefreshEntryAsync(connection, context.Features, entry, cancellationToken);
        using var call = RequestTranslator.Translate(context, fresh, connection.NextId(), connection.Revision, relay, retry: retry);
        return await connection.SendAsync(call, cancellationToken);
    }

    private async Task<CatalogEntry> RefreshEntryAsync(
        UpstreamConnection connection, ClientFeatures features, CatalogEntry entry, CancellationToken cancellationToken)
    {
        // Most servers list the same for all, and then all share one reading.
        var told = _declared.Differing.ContainsKey(features) ? features : ClientFeatures.None;
        var reading = _freshReadings.GetOrAdd(told, static (_, time) => new SharedReading(time), _time);
        var offer = await reading.ReadAsync(() => ReadFreshAsync(connection, told)).WaitAsync(cancellationToken);
        return offer.Tools.FirstOrDefault(t => t.Key == entry.SourceName) is { } tool
            ? entry with { HeaderParameters = ToolSchema.Read(tool.Json).HeaderParameters }
            : entry;
    }

    /// <summary>Lists anew, for all or as for clients with certain capabilities, and lets everybody else have it too.</summary>
    private async Task<ServerOffer> ReadFreshAsync(UpstreamConnection connection, ClientFeatures told)
    {
        var old = _offer!;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        timeout.CancelAfter(_settings.Gateway.Timeouts.Start);
        var session = new OpenedSession(connection, old.Features, _state.ServerVersion, old.Instructions, old.Hints);
        var offer = await ListAsync(session, _declared.Differing.GetValueOrDefault(told) ?? old, timeout.Token, told);
        if (told == ClientFeatures.None)
        {
            _ = PublishAsync(offer, ListKinds.None);
        }
        else
        {
            RenewDeclared();
        }

        return offer;
    }

    private async ValueTask<UpstreamConnection> WaitForConnectionAsync(CancellationToken cancellationToken)
    {
        if (_state.Status == UpstreamStatus.Down)
        {
            // It is needed now: don't sit the pause out, but don't let this caller wait for it either.
            var reason = _state.Reason;
            Signal(_wake);
            throw new UpstreamException(FailureKind.UpstreamUnavailable, reason ?? "It is not connected.");
        }

        try
        {
            await _ready.Task.WaitAsync(ReconnectGrace, _time, cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new UpstreamException(FailureKind.UpstreamUnavailable, "It is still being connected.", e);
        }

        return _connection ?? throw new UpstreamException(FailureKind.UpstreamUnavailable, _state.Reason ?? "It is not connected.");
    }

    /// <summary>Waits for the connection that takes the place of one that failed.</summary>
    private async ValueTask<UpstreamConnection> WaitForNextAsync(UpstreamConnection failed, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        var restarts = _state.Restarts;
        var wasTried = false;
        while (true)
        {
            var changed = _stateChanged.Task;
            var state = _state;

            // A try may be over before anybody has seen it begin.
            wasTried |= state.Status == UpstreamStatus.Connecting || state.Restarts > restarts;
            if (_connection is { } connection && (connection != failed || !failed.Closed.IsCompleted))
            {
                return connection;
            }

            if (wasTried && state.Status == UpstreamStatus.Down)
            {
                throw new UpstreamException(FailureKind.UpstreamUnavailable, state.Reason ?? "It is not connected.");
            }

            Signal(_wake);
            var rest = ReconnectGrace - _time.GetElapsedTime(started);
            try
            {
                await changed.WaitAsync(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, _time, cancellationToken);
            }
            catch (TimeoutException e)
            {
                throw new UpstreamException(FailureKind.UpstreamUnavailable, _state.Reason ?? "It is still being connected.", e);
            }
        }
    }

    [LoggerMessage(153, LogLevel.Warning, "A call to server {Server} failed ({Kind}): {Reason}")]
    private static partial void LogCallFailed(ILogger logger, string server, FailureKind kind, string reason);

    [LoggerMessage(159, LogLevel.Debug, "A call to server {Server} failed ({Kind}) and is made once more: {Reason}")]
    private static partial void LogRepeated(ILogger logger, string server, FailureKind kind, string reason);
}
