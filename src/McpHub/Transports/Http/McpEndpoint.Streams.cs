using System.Buffers;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Security.Authentication;
using McpHub.Transports.Http.Streams;
using Microsoft.AspNetCore.Http;

namespace McpHub.Transports.Http;

/// <summary>GET: the stream of a legacy session's messages that belong to no request, and the rest of a stream that broke.</summary>
internal sealed partial class McpEndpoint
{
    private async Task GetAsync(AdmittedRequest admitted)
    {
        var http = admitted.Http;
        var version = http.Request.Headers["MCP-Protocol-Version"];
        if (http.Request.Headers[SessionHeader].Count == 0 || (version.Count > 0 && Revisions.IsModernText(version[0])))
        {
            await NotAllowed(http);
            return;
        }

        if (FindSession(http, admitted.Endpoint, admitted.Caller, out var session) is { } failure)
        {
            await RefuseAsync(http, failure);
            return;
        }

        if (!HttpExchange.AcceptsStream(http.Request))
        {
            http.Response.StatusCode = StatusCodes.Status406NotAcceptable;
            return;
        }

        await StreamAsync(admitted, session!, SessionStreams.Of(session!, time));
    }

    private async Task StreamAsync(AdmittedRequest admitted, ClientSession session, SessionStreams store)
    {
        var http = admitted.Http;
        var reader = new EventReader(canClose: true);
        var head = new ArrayBufferWriter<byte>(64);
        SessionStream? stream;
        if (http.Request.Headers["Last-Event-ID"] is { Count: > 0 } last)
        {
            var isId = EventId.TryParse(last[0], out var id);
            if (isId && store.IsFinished(id))
            {
                // The one status that ends the attempts of clients to reconnect without an error (HTML, "Server-sent events").
                http.Response.StatusCode = StatusCodes.Status204NoContent;
                return;
            }

            stream = isId ? store.Resume(id, reader) : null;
            if (stream is null)
            {
                // 404 would say that the session is gone.
                await RefuseAsync(http, new Failure(
                    FailureKind.InvalidRequest, $"Bad request: the Last-Event-ID '{last}' is not known, or what came after it is no longer kept."));
                return;
            }
        }
        else
        {
            // One stream a session, and the last one wins: a client comes again when its connection broke, which it notices before we do.
            // To refuse it (409) would leave it without a stream until we notice too.
            stream = store.OpenUnsolicited(reader);
            if (stream is null)
            {
                await RefuseAsync(http, new Failure(FailureKind.SessionNotFound, "Session not found; send 'initialize' again."));
                return;
            }

            if (store.IsPrimed)
            {
                EventStreamWriter.WritePriming(head, new EventId(stream.Number, reader.Position), EventStreamWriter.Retry);
            }
        }

        var writer = new EventStreamWriter(http, store, stream, reader, time);
        await RunAsync(writer, head.WrittenMemory, admitted);
        sessions.Touch(session);
    }

    /// <summary>Writes a stream until it has ended, the client has gone or may no longer have it, or the gateway stops.</summary>
    private async Task RunAsync(EventStreamWriter writer, ReadOnlyMemory<byte> head, AdmittedRequest admitted)
    {
        using var watch = watches.Add(admitted.Http.Request, admitted.Endpoint, admitted.Caller);
        await RunAsync(writer, head, watch);
    }

    private async Task RunAsync(EventStreamWriter writer, ReadOnlyMemory<byte> head, CredentialWatch watch)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping, watch.Lost);
        await writer.RunAsync(head, ending.Token);
    }
}
