using System.Collections.Concurrent;
using System.Text;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Transports.Http.Streams;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace McpHub.Transports.Http;

/// <summary>
/// HTTP+SSE of 2024-11-05, for clients that know nothing newer: a GET opens the stream and the session, and POSTs of messages are
/// answered on the stream.
/// </summary>
internal sealed partial class McpEndpoint
{
    private const string SseSegment = "sse";
    private const string MessageSegment = "message";

    private readonly ConcurrentDictionary<string, SseClient> _sseClients = new();

    /// <summary>Handles what goes to <c>/mcp/sse</c> or <c>/mcp/SERVER/sse</c>.</summary>
    public Task HandleSseAsync(HttpContext http) => HandleSseAsync(http, SseSegment, "GET", static (self, admitted) => self.OpenSseAsync(admitted));

    /// <summary>Handles what goes to <c>/mcp/message</c> or <c>/mcp/SERVER/message</c>.</summary>
    public Task HandleMessageAsync(HttpContext http) => HandleSseAsync(http, MessageSegment, "POST", static (self, admitted) => self.TakeMessageAsync(admitted));

    private Task HandleSseAsync(HttpContext http, string segment, string method, Func<McpEndpoint, AdmittedRequest, Task> handle)
    {
        var snapshot = catalog.Current;
        var server = http.Request.RouteValues["server"] as string;
        if (server is null && (!snapshot.Config.Gateway.Http.Sse || snapshot.Servers.ContainsKey(segment)))
        {
            // A server of this name was there first.
            return HandleAsync(http, segment);
        }

        return AdmitAsync(http, server ?? "", (self, admitted) =>
        {
            if (!admitted.Config.Http.Sse)
            {
                http.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            }

            if (http.Request.Method == method)
            {
                return handle(self, admitted);
            }

            if (http.Request.Method == "OPTIONS")
            {
                return NoContent(http);
            }

            http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            http.Response.Headers.Allow = method;
            return Task.CompletedTask;
        });
    }

    private async Task OpenSseAsync(AdmittedRequest admitted)
    {
        var http = admitted.Http;
        if (!HttpExchange.AcceptsStream(http.Request))
        {
            http.Response.StatusCode = StatusCodes.Status406NotAcceptable;
            return;
        }

        if (sessions.Reserve() is { } failure)
        {
            await RefuseAsync(http, failure);
            return;
        }

        var store = new SessionStreams(time);
        var reader = new EventReader(canClose: false);
        using var watch = watches.Add(http.Request, admitted.Endpoint, admitted.Caller);
        var client = new SseClient(SessionStore.NewId(), admitted.Endpoint, admitted.Caller, store.Open(reader), watch);
        _sseClients[client.Id] = client;
        try
        {
            // Relative, so that it is right behind a proxy that serves the gateway under another path.
            var up = http.Request.Path.Value!.EndsWith('/') ? "../" : "";
            var head = Encoding.ASCII.GetBytes($"event: endpoint\ndata: {up}{MessageSegment}?sessionId={client.Id}\n\n");
            await RunAsync(new EventStreamWriter(http, store, client.Stream, reader, time), head, watch);
        }
        finally
        {
            _sseClients.TryRemove(client.Id, out _);
            client.End();
            sessions.Release();
        }
    }

    private async Task TakeMessageAsync(AdmittedRequest admitted)
    {
        var http = admitted.Http;
        var id = http.Request.Query["sessionId"];
        if (id.Count != 1)
        {
            await RefuseAsync(http, new Failure(FailureKind.SessionRequired, "Bad request: 'sessionId' is missing; post to the address that the 'endpoint' event names."));
        }
        else if (!_sseClients.TryGetValue(id[0]!, out var client) || !client.IsOf(admitted.Endpoint, admitted.Caller))
        {
            await RefuseAsync(http, new Failure(FailureKind.SessionNotFound, "Session not found; open the event stream again."));
        }
        else if (!IsJson(http.Request.ContentType))
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
        }
        else
        {
            client.Take(http.Request, admitted.Caller);
            var limit = catalog.Current.Config.Gateway.Sizes.Request;
            try
            {
                var body = await RequestBody.ReadAsync(http.Request, limit);
                await (body.IsTooLarge ? RefuseAsync(http, TooLarge(limit)) : TakeMessageAsync(admitted, client, body.ToBuffer()));
            }
            catch (BadHttpRequestException e)
            {
                http.Response.StatusCode = e.StatusCode;
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The client has gone in the middle of it.
            }
        }
    }

    private Task TakeMessageAsync(in AdmittedRequest admitted, SseClient client, Utf8Buffer body)
    {
        var http = admitted.Http;
        var context = McpContextPool.Rent();
        context.Message = body.Memory;
        context.View = admitted.View;
        context.Caller = admitted.Caller;
        context.Stream = client.Stream;
        context.Session = client.Session;
        context.Revision = client.Session?.Revision ?? Revisions.LatestLegacy;
        context.NetworkTransport = "tcp";
        var failure = EnvelopeReader.Read(body.Span, out context.Envelope) ?? CheckSse(context);
        context.LookAsDeclared();
        if (failure is null && context.Envelope.Kind != EnvelopeKind.Response && !client.TryEnter())
        {
            failure = new Failure(FailureKind.Overloaded, "Too many requests of this session are running, or their answers are not read; try again later.");
        }

        if (failure is not null || context.Envelope.Kind == EnvelopeKind.Response)
        {
            if (failure is null)
            {
                client.Session!.Requests.Complete(body.Span, context.Envelope);
            }

            var answered = failure is null ? Accepted(http) : RefuseAsync(http, failure, context.Id);
            body.Dispose();
            McpContextPool.Return(context);
            return answered;
        }

        // Aside: the client is told that the message was taken, and gets the answer on its stream.
        _ = AnswerSseAsync(client, context, body);
        return Accepted(http);
    }

    /// <summary>What a message may be on this transport, whose revision knows neither batches nor the metadata of 2026-07-28.</summary>
    private static Failure? CheckSse(McpContext context)
    {
        if (context.Envelope.Kind == EnvelopeKind.Batch || context.Envelope.ProtocolVersion.IsPresent)
        {
            return new Failure(FailureKind.InvalidRequest, "Invalid request: HTTP+SSE is for single messages of revisions before 2026-07-28.");
        }

        var isFirst = context.Envelope.Kind == EnvelopeKind.Request && context.Envelope.Method is McpMethod.Initialize or McpMethod.Ping;
        return context.Session is null && !isFirst
            ? new Failure(FailureKind.SessionRequired, "Bad request: send 'initialize' first.")
            : null;
    }

    /// <summary>Runs a message and sends its answer. Never throws.</summary>
    private async Task AnswerSseAsync(SseClient client, McpContext context, Utf8Buffer body)
    {
        try
        {
            client.Track(context);
            using var result = await pipeline.InvokeAsync(context);
            context.InFlight?.Remove(context);
            if (context.OpenedSession is { } opened)
            {
                client.Open(opened);
            }

            // What the client has cancelled is not answered ("Cancellation").
            if (result.Kind != McpResultKind.None && !context.IsCancelledByClient)
            {
                using var message = Utf8Buffer.Rent(result.Json.Length + 256);
                AnswerWriter.Write(message, context, result);
                client.Stream.Respond(message);
            }

            body.Dispose();
            McpContextPool.Return(context);
        }
        catch (Exception e)
        {
            LogSseFault(logger, e, context.Envelope.Method);
        }
        finally
        {
            client.Leave();
        }
    }

    private static Task Accepted(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status202Accepted;
        return Task.CompletedTask;
    }

    [LoggerMessage(185, LogLevel.Error, "A message over HTTP+SSE ({Method}) could not be answered.")]
    private static partial void LogSseFault(ILogger logger, Exception exception, McpMethod method);
}
