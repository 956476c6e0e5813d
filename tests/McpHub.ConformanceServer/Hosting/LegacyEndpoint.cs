using System.Collections.Concurrent;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace McpHub.ConformanceServer.Hosting;

/// <summary>Streamable HTTP of the revisions up to 2025-11-25: <c>initialize</c> opens a session, and everything else is in one.</summary>
/// <param name="server">What is served.</param>
/// <param name="stopping">Ends the streams that clients hold open.</param>
internal sealed class LegacyEndpoint(FixtureServer server, CancellationToken stopping)
{
    /// <summary>What SDKs answer where the specification names no code.</summary>
    private const int GenericError = -32000;

    private const int SessionNotFound = -32001;

    private readonly ConcurrentDictionary<string, LegacySession> _sessions = new(StringComparer.Ordinal);

    public async Task PostAsync(HttpContext context, JsonRpcMessage message)
    {
        var session = message is JsonRpcRequest { Method: RequestMethods.Initialize } && !HasSessionId(context)
            ? Open()
            : await FindAsync(context, (message as JsonRpcRequest)?.Id ?? default);
        if (session is null)
        {
            return;
        }

        context.Response.Headers[McpHeaders.SessionId] = session.Id;
        Reply.BeginStream(context);
        try
        {
            if (!await session.Transport.HandlePostRequestAsync(message, context.Response.Body, context.RequestAborted))
            {
                Reply.Accept(context);
            }
        }
        catch (OperationCanceledException)
        {
            // The client hung up, which does not cancel what it asked for, or the session ended.
        }
    }

    public async Task GetAsync(HttpContext context)
    {
        if (await FindAsync(context, id: default) is not { } session)
        {
            return;
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        var lastEventId = context.Request.Headers[McpHeaders.LastEventId].ToString();
        try
        {
            if (lastEventId.Length == 0)
            {
                await ListenAsync(context, session, ended.Token);
            }
            else
            {
                await ResumeAsync(context, session, lastEventId, ended.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // That is how these streams end.
        }
    }

    public async Task DeleteAsync(HttpContext context)
    {
        if (await FindAsync(context, id: default) is { } session && _sessions.TryRemove(session.Id, out _))
        {
            await session.DisposeAsync();
        }
    }

    private LegacySession Open()
    {
        var session = LegacySession.Start(server);
        _sessions[session.Id] = session;
        return session;
    }

    /// <summary>The session that the request names. Where there is none, the request has been answered.</summary>
    private async Task<LegacySession?> FindAsync(HttpContext context, RequestId id)
    {
        if (!HasSessionId(context))
        {
            await Reply.ErrorAsync(context, 400, GenericError, $"Bad Request: the header {McpHeaders.SessionId} is required.", id);
            return null;
        }

        if (!_sessions.TryGetValue(context.Request.Headers[McpHeaders.SessionId].ToString(), out var session))
        {
            await Reply.ErrorAsync(context, 404, SessionNotFound, "Session not found", id);
            return null;
        }

        var revision = context.Request.Headers[McpHeaders.ProtocolVersion].ToString();
        if (revision.Length > 0 && !Revisions.Legacy.Contains(revision))
        {
            await Reply.ErrorAsync(
                context, 400, GenericError, $"Bad Request: {McpHeaders.ProtocolVersion} '{revision}' is not supported.", id);
            return null;
        }

        return session;
    }

    private static bool HasSessionId(HttpContext context) => context.Request.Headers.ContainsKey(McpHeaders.SessionId);

    private static async Task ListenAsync(HttpContext context, LegacySession session, CancellationToken cancellationToken)
    {
        if (!session.TryTakeUnsolicitedStream())
        {
            await Reply.ErrorAsync(context, 409, GenericError, "Conflict: the session already has its stream.");
            return;
        }

        Reply.BeginStream(context);
        await session.Transport.HandleGetRequestAsync(context.Response.Body, cancellationToken);
    }

    private static async Task ResumeAsync(
        HttpContext context, LegacySession session, string lastEventId, CancellationToken cancellationToken)
    {
        if (await session.Events.GetStreamReaderAsync(lastEventId, cancellationToken) is not { } reader)
        {
            await Reply.ErrorAsync(context, 400, GenericError, $"Bad Request: {McpHeaders.LastEventId} is unknown.");
            return;
        }

        Reply.BeginStream(context);
        await SseFormatter.WriteAsync(
            reader.ReadEventsAsync(cancellationToken),
            context.Response.Body,
            static (item, buffer) =>
            {
                if (item.Data is { } message)
                {
                    using var writer = new Utf8JsonWriter(buffer);
                    JsonSerializer.Serialize(writer, message, McpJsonUtilities.DefaultOptions);
                }
            },
            cancellationToken);
    }
}
