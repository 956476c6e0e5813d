using McpHub.Bridging;
using McpHub.Bridging.Inputs;
using McpHub.Catalog;
using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Upstreams;

/// <summary>Calls during which the server may want something of the client.</summary>
internal sealed partial class Upstream
{
    // What the SDKs' own drivers allow.
    private const int MostRounds = 10;

    // A state without requests asks for nothing but another try.
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(250);

    private readonly Lazy<InteractiveSessions> _interactive;
    private readonly InputServices _inputs;

    /// <summary>Answers a request whose client can be asked, or sees another list than most; or that brings what was asked for.</summary>
    private ValueTask<McpResult> ConverseAsync(
        UpstreamConnection connection, McpContext context, CatalogEntry entry, InputKinds inputs, CancellationToken cancellationToken)
    {
        if (!context.Revision.IsModern())
        {
            return connection.Revision.IsModern()
                ? AskSessionAsync(connection, context, entry, null, cancellationToken)
                : CallInteractivelyAsync(context, entry, inputs, new CallRelay(context), cancellationToken);
        }

        if (!RequestStates.IsIn(context))
        {
            return BeginAsync(context, entry, inputs, cancellationToken);
        }

        if (!_inputs.States.TryOpen(context, entry, out var kind, out var content))
        {
            return new ValueTask<McpResult>(InputRetry.BadState());
        }

        return kind switch
        {
            RequestStateKind.Parked => ResumeAsync(context, entry, inputs, content, cancellationToken),
            RequestStateKind.Upstream when connection.Revision.IsModern() =>
                PassOnAsync(connection, context, entry, inputs, new InputRetry(InputRetry.ResponsesIn(context), content), cancellationToken),
            RequestStateKind.Again when !connection.Revision.IsModern() => AgainAsync(context, entry, inputs, cancellationToken),
            _ => new ValueTask<McpResult>(InputRetry.BadState()),
        };
    }

    /// <summary>A legacy client and a legacy server (rule T10): requests go out in the client's session while the call runs.</summary>
    private async ValueTask<McpResult> CallInteractivelyAsync(
        McpContext context, CatalogEntry entry, InputKinds inputs, CallRelay relay, CancellationToken cancellationToken)
    {
        for (var isRepeated = false; ; isRepeated = true)
        {
            using var session = await RentSessionAsync(context, inputs, cancellationToken);
            try
            {
                return await CallInAsync(session.Connection, context, entry, relay, cancellationToken);
            }
            catch (UpstreamException e) when (!isRepeated && MayBeRepeated(e, session.Connection, entry, relay))
            {
                LogRepeated(_logger, Name, e.Kind, e.Message);
            }
        }
    }

    /// <summary>Who answers what the server asks: the client in its session, or whoever calls on its behalf.</summary>
    private ICallInputs InputsOf(McpContext context, CallRelay relay)
    {
        var limit = _settings.Gateway.Timeouts.Input;
        return context.Inputs is { } lent ? new LentInputs(lent, relay, limit) : new SessionInputs(context.Session!, relay, limit);
    }

    private async ValueTask<McpResult> CallInAsync(
        UpstreamConnection connection, McpContext context, CatalogEntry entry, CallRelay relay, CancellationToken cancellationToken)
    {
        if (IsLogLevelDue(connection, context))
        {
            await RaiseLogLevelAsync(connection, context, cancellationToken);
        }

        relay.Attach(context, isNewRequest: false);
        using var call = RequestTranslator.Translate(
            context, entry, connection.NextId(), connection.Revision, relay, InputsOf(context, relay));
        var reply = await connection.SendAsync(call, cancellationToken);
        return ResultTranslator.Translate(context, entry, connection.Revision, reply);
    }

    /// <summary>A legacy client and a modern server (rule T8): each round's requests go out in the client's session.</summary>
    /// <param name="first">The answer to the first round, if it has been there already.</param>
    private async ValueTask<McpResult> AskSessionAsync(
        UpstreamConnection connection, McpContext context, CatalogEntry entry, UpstreamReply? first, CancellationToken cancellationToken)
    {
        var relay = new CallRelay(context);
        using var inputs = InputsOf(context, relay);
        try
        {
            try
            {
                first ??= await SendRoundAsync(connection, context, entry, relay, null, cancellationToken);
            }
            catch (UpstreamException e) when (MayBeRepeated(e, connection, entry, relay))
            {
                // Only the first round: later ones carry what the client was asked for on behalf of the call that was lost.
                LogRepeated(_logger, Name, e.Kind, e.Message);
                connection = await WaitForNextAsync(connection, cancellationToken);
                if (!connection.Revision.IsModern())
                {
                    return await CallInteractivelyAsync(context, entry, InputCapabilities.Of(context), relay, cancellationToken);
                }

                first = await SendRoundAsync(connection, context, entry, relay, null, cancellationToken);
            }

            return await AskInRoundsAsync(connection, context, entry, relay, inputs, first.Value, cancellationToken);
        }
        finally
        {
            relay.Detach();
        }
    }

    private async ValueTask<McpResult> AskInRoundsAsync(
        UpstreamConnection connection,
        McpContext context,
        CatalogEntry entry,
        CallRelay relay,
        ICallInputs inputs,
        UpstreamReply first,
        CancellationToken cancellationToken)
    {
        InputRetry? retry = null;
        for (var round = 0; round < MostRounds; round++)
        {
            var reply = round == 0 ? first : await SendRoundAsync(connection, context, entry, relay, retry, cancellationToken);
            if (reply.IsError || !reply.IsInputRequired)
            {
                return ResultTranslator.Translate(context, entry, connection.Revision, reply);
            }

            ValueTask<(InputRetry Retry, string? Refusal)> asking;
            using (reply)
            {
                // It copies what it needs before it waits: nothing pooled is held while a human answers.
                asking = InputRound.AskAsync(reply.Result, inputs, cancellationToken);
            }

            var answers = await asking;
            cancellationToken.ThrowIfCancellationRequested();
            if (answers.Refusal is { } refusal)
            {
                return InputRound.Refused(context, refusal);
            }

            if (answers.Retry.Responses.IsEmpty)
            {
                await Task.Delay(RetryPause, _time, cancellationToken);
            }

            retry = answers.Retry;
        }

        return McpResult.Fail(FailureKind.UpstreamProtocol, $"Server '{Name}' still wants input after {MostRounds} rounds.");
    }

    private async ValueTask<UpstreamReply> SendRoundAsync(
        UpstreamConnection connection, McpContext context, CatalogEntry entry, CallRelay relay, InputRetry? retry, CancellationToken cancellationToken)
    {
        relay.Attach(context, isNewRequest: false);
        UpstreamReply reply;
        using (var call = RequestTranslator.Translate(context, entry, connection.NextId(), connection.Revision, relay, retry: retry))
        {
            reply = await connection.SendAsync(call, cancellationToken);
        }

        if (reply.IsError)
        {
            relay.Attach(context, isNewRequest: false);
            reply = await MendAsync(connection, context, entry, relay, retry, reply, cancellationToken);
        }

        // The call is over, and the client is still there to be asked.
        relay.Attach(context, isNewRequest: false);
        return reply;
    }

    /// <summary>A modern client and a modern server (rule T9): passed on, with the server's state inside the gateway's.</summary>
    private async ValueTask<McpResult> PassOnAsync(
        UpstreamConnection connection, McpContext context, CatalogEntry entry, InputKinds inputs, InputRetry retry, CancellationToken cancellationToken)
    {
        var relay = RelayFor(context, connection);
        using var call = RequestTranslator.Translate(context, entry, connection.NextId(), connection.Revision, relay, retry: retry);
        var reply = await connection.SendAsync(call, cancellationToken);
        return await TakeSpecialAsync(connection, context, entry, inputs, relay, retry, reply, cancellationToken);
    }

    private McpResult PassOn(McpContext context, CatalogEntry entry, InputKinds inputs, UpstreamReply reply)
    {
        using (reply)
        {
            return InputRound.PassOn(context, reply.Result.Span, inputs, Name, inner =>
                _inputs.States.Seal(context, entry, RequestStateKind.Upstream, inner, _settings.Gateway.Timeouts.Input));
        }
    }

    /// <summary>A modern client and a legacy server (rule T7): the call is parked each time that the server wants input.</summary>
    private async ValueTask<McpResult> BeginAsync(
        McpContext context, CatalogEntry entry, InputKinds inputs, CancellationToken cancellationToken)
    {
        var relay = new CallRelay(context);
        for (var isRepeated = false; ; isRepeated = true)
        {
            var session = await RentSessionAsync(context, inputs, cancellationToken);
            var connection = session.Connection;
            try
            {
                var conversation = await BeginConversationAsync(session, context, entry, inputs, relay, cancellationToken);
                return await GoOnAsync(conversation, context, entry, inputs, cancellationToken);
            }
            catch (UpstreamException e) when (!isRepeated && MayBeRepeated(e, connection, entry, relay))
            {
                LogRepeated(_logger, Name, e.Kind, e.Message);
            }
        }
    }

    private async ValueTask<UpstreamConversation> BeginConversationAsync(
        InteractiveSession session, McpContext context, CatalogEntry entry, InputKinds inputs, CallRelay relay, CancellationToken cancellationToken)
    {
        relay.Attach(context, isNewRequest: false);
        var conversation = new UpstreamConversation(inputs, relay, _time);
        try
        {
            var connection = session.Connection;
            if (IsLogLevelDue(connection, context))
            {
                await RaiseLogLevelAsync(connection, context, cancellationToken);
            }

            var call = RequestTranslator.Translate(context, entry, connection.NextId(), connection.Revision, relay, conversation);
            conversation.Start(call, session);
            return conversation;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private async ValueTask<McpResult> ResumeAsync(
        McpContext context, CatalogEntry entry, InputKinds inputs, ReadOnlyMemory<byte> id, CancellationToken cancellationToken)
    {
        if (!InputRetry.AreResponses(InputRetry.ResponsesIn(context).Span))
        {
            return InputRetry.BadResponses();
        }

        // Whoever comes first has the call; the same state a second time finds nothing, and nothing runs twice.
        if (_inputs.Parked.Take(id.Span) is not UpstreamConversation conversation)
        {
            return InputRetry.BadState();
        }

        conversation.Relay.Attach(context, isNewRequest: true);
        conversation.Answer(InputRetry.ResponsesIn(context).Span);
        return await GoOnAsync(conversation, context, entry, inputs, cancellationToken);
    }

    private async ValueTask<McpResult> GoOnAsync(
        UpstreamConversation conversation, McpContext context, CatalogEntry entry, InputKinds inputs, CancellationToken cancellationToken)
    {
        try
        {
            if (await conversation.NextAsync(cancellationToken))
            {
                var reply = await conversation.Reply;
                if (reply.ErrorCode == McpErrorCodes.UrlElicitationRequired && inputs.HasFlag(InputKinds.UrlElicitation)
                    && InputRound.UrlsIn(reply.Error.Span) is { Count: > 0 } urls)
                {
                    reply.Dispose();
                    var again = _inputs.States.Seal(context, entry, RequestStateKind.Again, [], _settings.Gateway.Timeouts.Input);
                    return InputRequiredResult.Write(context, urls, again);
                }

                return ResultTranslator.Translate(context, entry, conversation.Revision, reply);
            }

            var id = _inputs.Parked.Park(conversation, _settings.Gateway.Timeouts.Input);
            if (id.Length == 0)
            {
                await conversation.AbandonAsync();
                return McpResult.Fail(FailureKind.Overloaded, "Too many calls wait for input of their clients; try again later.");
            }

            var state = _inputs.States.Seal(context, entry, RequestStateKind.Parked, id, _settings.Gateway.Timeouts.Input);
            return InputRequiredResult.Write(context, conversation.Open, state);
        }
        finally
        {
            conversation.Relay.Detach();
        }
    }

    /// <summary>The user has been to the page that the server wanted opened (-32042), or has declined: the call is made again, or not.</summary>
    private async ValueTask<McpResult> AgainAsync(
        McpContext context, CatalogEntry entry, InputKinds inputs, CancellationToken cancellationToken) =>
        InputRound.AreAllAccepted(InputRetry.ResponsesIn(context).Span)
            ? await BeginAsync(context, entry, inputs, cancellationToken)
            : InputRound.Refused(context, "The user did not open the page that the tool needs.");

    private async ValueTask<InteractiveSession> RentSessionAsync(McpContext context, InputKinds inputs, CancellationToken cancellationToken)
    {
        try
        {
            // A server that can't ask doesn't have to be asked whose session it is.
            var owner = inputs == InputKinds.None ? null : context.Session;
            return await _interactive.Value.RentAsync(context.Features & ~ClientFeatures.Tasks, owner, _settings.Gateway.Timeouts.Input, cancellationToken);
        }
        catch (OperationCanceledException e) when (!context.IsCancelledByClient)
        {
            throw new UpstreamException(FailureKind.UpstreamUnavailable, "No session in which it may ask the client became free in time.", e);
        }
    }

    private async Task<OpenedSession> OpenInteractiveAsync(ClientFeatures features, SessionInputs? owner, CancellationToken cancellationToken)
    {
        var settings = _settings;
        var factory = new ConnectionFactory(settings.Upstream, settings.Gateway, new InteractiveEvents(this), _time, _logger) { Declared = features, Owner = owner };
        var limit = settings.Gateway.Timeouts.Start;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        timeout.CancelAfter(limit);
        try
        {
            return await factory.OpenAsync(probe: false, timeout.Token);
        }
        catch (OperationCanceledException e)
        {
            throw new UpstreamException(
                FailureKind.UpstreamUnavailable, $"It did not open a session with input requests within {limit.TotalSeconds:0.#} s.", e);
        }
    }

    /// <summary>What a session beside the shared one tells of the lists holds for all; resources are subscribed to in the shared one.</summary>
    private sealed class InteractiveEvents(Upstream upstream) : IUpstreamEvents
    {
        public void OnListChanged(ListMember list) => upstream.OnListChanged(list);

        public void OnResourceUpdated(string uri)
        {
        }

        public void OnHeard()
        {
        }

        public void OnUnheard(bool isNewSession)
        {
        }
    }
}
