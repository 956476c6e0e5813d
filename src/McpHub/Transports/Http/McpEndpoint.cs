using System.Globalization;
using McpHub.Batching;
using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Security.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace McpHub.Transports.Http;

/// <summary>
/// The MCP endpoint: modern and legacy clients at once, told apart by what each request's body says (2026-07-28, "Versioning and
/// compatibility").
/// </summary>
internal sealed partial class McpEndpoint(
    CatalogStore catalog,
    McpPipeline pipeline,
    SessionStore sessions,
    Authenticator authenticator,
    CredentialWatches watches,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<McpEndpoint> logger)
{
    private const string SessionHeader = "Mcp-Session-Id";
    private const string JsonType = "application/json";

    private volatile OriginGuard _guard = new(new HttpConfig());

    /// <summary>Handles a request to all servers together.</summary>
    public Task HandleRootAsync(HttpContext http) => HandleAsync(http, "");

    /// <summary>Handles a request to the one server that the route names.</summary>
    public Task HandleServerAsync(HttpContext http) => HandleAsync(http, http.Request.RouteValues["server"] as string ?? "");

    private Task HandleAsync(HttpContext http, string endpoint) =>
        AdmitAsync(http, endpoint, static (self, admitted) => admitted.Http.Request.Method switch
        {
            "POST" => self.PostAsync(admitted),
            "GET" => self.GetAsync(admitted),
            "DELETE" => self.Delete(admitted),
            "OPTIONS" => NoContent(admitted.Http),
            _ => NotAllowed(admitted.Http),
        });

    /// <summary>Looks at where a request comes from, who sends it, and whom it is for; before anything of its body is read.</summary>
    private Task AdmitAsync(HttpContext http, string endpoint, Func<McpEndpoint, AdmittedRequest, Task> next)
    {
        var snapshot = catalog.Current;
        if (Guard(snapshot.Config).Check(http.Request) is { } denied)
        {
            return RefuseAsync(http, denied);
        }

        CorsHeaders.Write(http);
        if (http.Request.Method == "OPTIONS")
        {
            // A browser asks before it sends anything, credentials included.
            return AdmitAsync(http, endpoint, snapshot, Caller.Anonymous, next);
        }

        var pending = authenticator.AuthenticateAsync(http.Request, endpoint);
        return pending.IsCompletedSuccessfully
            ? AdmitAsync(http, endpoint, snapshot, pending.Result, next)
            : AdmitLaterAsync(http, endpoint, snapshot, pending, next);
    }

    private async Task AdmitLaterAsync(
        HttpContext http, string endpoint, CatalogSnapshot snapshot, ValueTask<Authentication> pending, Func<McpEndpoint, AdmittedRequest, Task> next) =>
        await AdmitAsync(http, endpoint, snapshot, await pending, next);

    private Task AdmitAsync(
        HttpContext http, string endpoint, CatalogSnapshot snapshot, Authentication authentication, Func<McpEndpoint, AdmittedRequest, Task> next)
    {
        if (authentication.Caller is not { } caller)
        {
            http.Response.Headers.WWWAuthenticate = authenticator.ChallengeOf(endpoint, authentication.Fault);
            return RefuseAsync(http, Challenges.FailureOf(authentication.Fault));
        }

        if (snapshot.ViewOf(endpoint) is { } view)
        {
            return next(this, new AdmittedRequest(http, endpoint, snapshot.Config.Gateway, view, caller));
        }

        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return http.Response.WriteAsync($"There is no server '{endpoint}' behind this gateway.\n");
    }

    /// <summary>The guard of the configuration that is live.</summary>
    private OriginGuard Guard(HubConfig config)
    {
        var guard = _guard;
        return ReferenceEquals(guard.Config, config.Gateway.Http) && ReferenceEquals(guard.Auth, config.Gateway.Auth)
            ? guard
            : _guard = new OriginGuard(config.Gateway.Http, config.Gateway.Auth);
    }

    private Task PostAsync(in AdmittedRequest admitted)
    {
        var http = admitted.Http;
        if (!IsJson(http.Request.ContentType))
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return Task.CompletedTask;
        }

        var limit = admitted.Config.Sizes.Request;
        var reading = RequestBody.ReadAsync(http.Request, limit);
        return reading.IsCompletedSuccessfully
            ? TakeAsync(admitted, reading.Result, limit)
            : TakeLaterAsync(admitted, reading, limit);
    }

    private async Task TakeLaterAsync(AdmittedRequest admitted, ValueTask<ReceivedBody> reading, int limit)
    {
        ReceivedBody body;
        try
        {
            body = await reading;
        }
        catch (BadHttpRequestException e)
        {
            // The body broke off, or its chunks are nonsense; whoever still listens is told.
            admitted.Http.Response.StatusCode = e.StatusCode;
            return;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The client has gone in the middle of it.
            return;
        }

        await TakeAsync(admitted, body, limit);
    }

    /// <summary>Takes one message, and answers it.</summary>
    private Task TakeAsync(in AdmittedRequest admitted, in ReceivedBody body, int limit)
    {
        var http = admitted.Http;
        if (body.IsTooLarge)
        {
            return RefuseAsync(http, TooLarge(limit));
        }

        var exchange = HttpExchange.Rent(admitted, body, time, watches);
        var context = exchange.Context;
        var failure = EnvelopeReader.Read(context.Message.Span, out context.Envelope);
        if (context.Envelope.Kind == EnvelopeKind.Batch)
        {
            return TakeBatchAsync(exchange);
        }

        failure ??= Classify(context, http, admitted.Endpoint);
        if (failure is not null)
        {
            return EndAsync(exchange, McpResult.Fail(failure), isTransportFault: true);
        }

        if (context.Envelope.Kind == EnvelopeKind.Response)
        {
            context.Session!.Requests.Complete(context.Message.Span, context.Envelope);
            exchange.Accept();
            exchange.Return();
            return Task.CompletedTask;
        }

        Track(context);
        var pending = pipeline.Begin(context);
        return pending.IsCompletedSuccessfully ? FinishAsync(exchange, pending.Result) : FinishLaterAsync(exchange, pending);
    }

    /// <summary>Waits for the pipeline, and then does as <see cref="FinishAsync"/>.</summary>
    /// <remarks>The only method here that waits for a proxied call: each costs about 2 % of the call, and what it keeps meanwhile counts too.</remarks>
    private async Task FinishLaterAsync(HttpExchange exchange, ValueTask<McpResult> pending)
    {
        var context = exchange.Context;

        // The modern client that goes away has cancelled (2026-07-28, "Cancellation").
        var disconnect = context.Revision.IsModern()
            ? exchange.Http.RequestAborted.UnsafeRegister(static state => ((McpContext)state!).Cancel(), context)
            : default;
        McpResult result;
        try
        {
            result = await pending;
        }
        catch (Exception e)
        {
            result = pipeline.Fail(context, e);
        }

        await disconnect.DisposeAsync();
        if (context.Session is { } session)
        {
            sessions.Touch(session);
        }

        await FinishAsync(exchange, result);
    }

    /// <summary>Takes what came out of the pipeline to the client.</summary>
    private Task FinishAsync(HttpExchange exchange, in McpResult result)
    {
        var context = exchange.Context;
        McpPipeline.End(context, result);
        context.InFlight?.Remove(context);
        Open(context, exchange);
        return EndAsync(exchange, result, isTransportFault: false);
    }

    /// <summary>Answers, and gives back all that the exchange has rented.</summary>
    private async Task EndAsync(HttpExchange exchange, McpResult result, bool isTransportFault)
    {
        using (result)
        {
            await AnswerAsync(exchange, result, isTransportFault);
        }

        exchange.Return();
    }

    /// <summary>
    /// Has a legacy client's request found by its cancel, before it begins: what a server asks at once may reach the client, and have it
    /// cancel, before this thread gets on. In that era a disconnect is no cancel.
    /// </summary>
    private static void Track(McpContext context)
    {
        if (context.Session is { } session && context.Envelope.Kind == EnvelopeKind.Request)
        {
            context.InFlight = session.InFlight;
            context.InFlight.Add(context);
        }
    }

    /// <summary>Gives the session that a handshake opened an id.</summary>
    private void Open(McpContext context, HttpExchange exchange)
    {
        if (context.TakeOpenedSession() is { } opened)
        {
            exchange.Http.Response.Headers[SessionHeader] = sessions.Add(opened, exchange.Endpoint).Id;
        }
    }

    /// <summary>Tells the eras apart, checks what each asks of the HTTP around the message, and finds the session.</summary>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    private Failure? Classify(McpContext context, HttpContext http, string endpoint)
    {
        var version = http.Request.Headers["MCP-Protocol-Version"];
        var isHandshake = context.Envelope.Method == McpMethod.Initialize && context.Envelope.Kind == EnvelopeKind.Request;

        // The body decides. A header only speaks where the body says nothing, and never turns a handshake into something else.
        if (context.Envelope.ProtocolVersion.IsPresent || (!isHandshake && version.Count > 0 && Revisions.IsModernText(version[0])))
        {
            context.Revision = Revisions.Latest;
            return context.Envelope.Kind is EnvelopeKind.Request or EnvelopeKind.Notification
                ? ModernHeaders.Check(context, version, http.Request.Headers)
                : new Failure(FailureKind.InvalidRequest, "Invalid request: clients of this revision send requests and notifications only.");
        }

        context.Revision = Revisions.LatestLegacy;
        context.SessionPlaces = isHandshake ? sessions : null;
        return isHandshake ? null : FindSession(context, http, endpoint);
    }

    /// <summary>JSON-RPC batches exist in sessions of 2025-03-26 only; what is in them runs side by side.</summary>
    private async Task TakeBatchAsync(HttpExchange exchange)
    {
        if (await AnswerBatchAsync(exchange) is { } failure)
        {
            await EndAsync(exchange, McpResult.Fail(failure), isTransportFault: true);
        }
        else
        {
            exchange.Return();
        }
    }

    /// <returns>Why there is no answer, or <see langword="null"/>.</returns>
    private async ValueTask<Failure?> AnswerBatchAsync(HttpExchange exchange)
    {
        var context = exchange.Context;
        if (FindSession(context, exchange.Http, exchange.Endpoint) is { } failure)
        {
            return failure.Kind == FailureKind.SessionRequired
                ? new Failure(FailureKind.InvalidRequest, "Invalid request: a message is a JSON object; arrays exist only in sessions of 2025-03-26.")
                : failure;
        }

        if (context.Revision != Revision.V20250326)
        {
            return new Failure(FailureKind.InvalidRequest, $"Invalid request: the session's revision {context.Revision.Text()} has no batches.");
        }

        using var answers = Utf8Buffer.Rent();
        var batches = pipeline.Batches.Current;
        var gate = new BatchGate(batches);
        if (await LegacyBatch.RunAsync(context, message => InvokeTrackedAsync(message, gate), batches.Services.MostBytes, answers) is { } invalid)
        {
            return invalid;
        }

        exchange.Close();
        if (answers.Length == 0)
        {
            await AnswerAsync(exchange, McpResult.None, isTransportFault: false);
            return null;
        }

        await exchange.AnswerAsync(answers, StatusCodes.Status200OK);
        return null;
    }

    /// <summary>Runs a request of a batch so that the session can cancel it.</summary>
    private async ValueTask<McpResult> InvokeTrackedAsync(McpContext context, BatchGate gate)
    {
        Track(context);
        try
        {
            return await gate.InvokeAsync(context, pipeline.InvokeAsync);
        }
        finally
        {
            context.InFlight?.Remove(context);
        }
    }

    private Failure? FindSession(McpContext context, HttpContext http, string endpoint)
    {
        if (FindSession(http, endpoint, context.Caller, out var session) is { } failure)
        {
            return failure;
        }

        context.Session = session;
        context.Revision = session!.Revision;
        context.LookAsDeclared();
        return null;
    }

    private Failure? FindSession(HttpContext http, string endpoint, Caller caller, out ClientSession? session)
    {
        session = null;
        var id = http.Request.Headers[SessionHeader];
        if (id.Count != 1)
        {
            return new Failure(FailureKind.SessionRequired, $"Bad request: the {SessionHeader} header is missing; send 'initialize' first.");
        }

        session = sessions.Find(id[0]!, endpoint, caller);
        if (session is null)
        {
            return new Failure(FailureKind.SessionNotFound, "Session not found; send 'initialize' again.");
        }

        var version = http.Request.Headers["MCP-Protocol-Version"];
        return version.Count > 0 && !Revisions.TryParse(version[0], out _)
            ? new Failure(FailureKind.InvalidRequest, $"Bad request: the MCP-Protocol-Version '{version}' is not supported.")
            : null;
    }

    private ValueTask AnswerAsync(HttpExchange exchange, in McpResult result, bool isTransportFault)
    {
        exchange.Close();
        switch (result.Kind)
        {
            case McpResultKind.None when exchange.HasBegun:
                return exchange.EndAsync();
            case McpResultKind.None:
                exchange.Accept();
                return ValueTask.CompletedTask;
            case McpResultKind.Result when !exchange.IsStream:
                return exchange.AnswerResultAsync(result.Json);
            default:
                return WriteAnswerAsync(exchange, result, isTransportFault);
        }
    }

    private async ValueTask WriteAnswerAsync(HttpExchange exchange, McpResult result, bool isTransportFault)
    {
        if (result.Failure is { Kind: FailureKind.InsufficientScope } failure)
        {
            exchange.Challenge(authenticator.StepUpOf(exchange.Endpoint, failure.Scopes));
        }

        using var message = Utf8Buffer.Rent(result.Json.Length + 256);
        AnswerWriter.Write(message, exchange.Context, result);
        if (result.Failure is { RetryAfter: > 0 and var seconds })
        {
            exchange.RetryAfter(seconds);
        }

        await exchange.AnswerAsync(message, AnswerStatus.Of(result, exchange.Context, isTransportFault));
    }

    private Task Delete(in AdmittedRequest admitted)
    {
        var http = admitted.Http;
        if (http.Request.Headers[SessionHeader] is not { Count: 1 } id)
        {
            return NotAllowed(http);
        }

        if (sessions.Find(id[0]!, admitted.Endpoint, admitted.Caller) is not { } session)
        {
            return RefuseAsync(http, new Failure(FailureKind.SessionNotFound, "Session not found."));
        }

        sessions.Remove(session);
        return NoContent(http);
    }

    private static Task NotAllowed(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        http.Response.Headers.Allow = "GET, POST, DELETE";
        return Task.CompletedTask;
    }

    private static Task NoContent(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static Failure TooLarge(int limit) =>
        new(FailureKind.PayloadTooLarge, $"The message is larger than {limit} bytes (gateway.sizes.request).");

    /// <summary>Answers with an error of the HTTP around a message, or of one that was not taken.</summary>
    private static Task RefuseAsync(HttpContext http, Failure failure, ReadOnlySpan<byte> id = default)
    {
        using var message = Utf8Buffer.Rent();
        McpMessages.WriteFailure(message, id, failure, Revisions.Latest);
        http.Response.StatusCode = Failures.Of(failure.Kind).HttpStatus;
        if (failure.RetryAfter > 0)
        {
            http.Response.Headers.RetryAfter = failure.RetryAfter.ToString(CultureInfo.InvariantCulture);
        }

        http.Response.ContentType = "application/json";
        http.Response.ContentLength = message.Length;
        System.Buffers.BuffersExtensions.Write(http.Response.BodyWriter, message.Span);
        return Task.CompletedTask;
    }

    private static bool IsJson(string? contentType) =>
        contentType is not null && contentType.StartsWith(JsonType, StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == JsonType.Length || contentType[JsonType.Length] is ';' or ' ');
}
