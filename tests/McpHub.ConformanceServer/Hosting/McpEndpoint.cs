using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace McpHub.ConformanceServer.Hosting;

/// <summary>The one MCP endpoint: reads a message, finds out which era it belongs to, and passes it on.</summary>
internal sealed class McpEndpoint
{
    private const string EventStream = "text/event-stream";

    private static readonly JsonTypeInfo<JsonRpcMessage> MessageType =
        (JsonTypeInfo<JsonRpcMessage>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(JsonRpcMessage));

    private readonly ServerEra _era;
    private readonly LegacyEndpoint _legacy;
    private readonly ModernEndpoint _modern;

    /// <param name="era">Which generations of the protocol to answer.</param>
    /// <param name="stopping">Ends whatever would otherwise hold up the shutdown.</param>
    public McpEndpoint(ServerEra era, CancellationToken stopping)
    {
        var server = new FixtureServer(stopping);
        _era = era;
        _legacy = new LegacyEndpoint(server, stopping);
        _modern = new ModernEndpoint(server);
    }

    public Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        if (HttpMethods.IsPost(request.Method))
        {
            return PostAsync(context);
        }

        if (_era is ServerEra.Modern || Revisions.IsModern(request.Headers[McpHeaders.ProtocolVersion]))
        {
            return MethodNotAllowed(context, "POST");
        }

        if (HttpMethods.IsDelete(request.Method))
        {
            return _legacy.DeleteAsync(context);
        }

        if (!HttpMethods.IsGet(request.Method))
        {
            return MethodNotAllowed(context, "POST, GET, DELETE");
        }

        return Accepts(request, EventStream) ? _legacy.GetAsync(context) : NotAcceptable(context, EventStream);
    }

    private async Task PostAsync(HttpContext context)
    {
        if (!Accepts(context.Request, EventStream) || !Accepts(context.Request, "application/json"))
        {
            await NotAcceptable(context, $"application/json and {EventStream}");
            return;
        }

        JsonRpcMessage message;
        try
        {
            message = await JsonSerializer.DeserializeAsync(context.Request.Body, MessageType, context.RequestAborted)
                ?? throw new JsonException("null is no message.");
        }
        catch (JsonException)
        {
            await Reply.ErrorAsync(context, 400, (int)McpErrorCode.InvalidRequest, "The body is not one JSON-RPC message.");
            return;
        }

        if (message is JsonRpcRequest request && EraRules.Refuse(_era, request) is { } refusal)
        {
            await Reply.ErrorAsync(context, 400, refusal, request.Id);
        }
        else if (IsModern(context.Request, message))
        {
            await _modern.PostAsync(context, message);
        }
        else
        {
            await _legacy.PostAsync(context, message);
        }
    }

    /// <remarks>
    /// The body decides where it can. The header does for a request that lost its metadata, so that it is told what is missing,
    /// and for a notification, which needs none.
    /// </remarks>
    private static bool IsModern(HttpRequest request, JsonRpcMessage message) => message switch
    {
        JsonRpcRequest call when EraRules.NamesRevision(call) => true,
        JsonRpcRequest { Method: RequestMethods.Initialize } => false,
        _ => !request.Headers.ContainsKey(McpHeaders.SessionId) && Revisions.IsModern(request.Headers[McpHeaders.ProtocolVersion]),
    };

    private static bool Accepts(HttpRequest request, string mediaType)
    {
        var wanted = new MediaTypeHeaderValue(mediaType);
        return request.GetTypedHeaders().Accept.Any(wanted.IsSubsetOf);
    }

    private static Task NotAcceptable(HttpContext context, string needed) =>
        Reply.ErrorAsync(context, 406, -32000, $"Not Acceptable: the client must accept {needed}.");

    private static Task MethodNotAllowed(HttpContext context, string allowed)
    {
        context.Response.Headers.Allow = allowed;
        context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        return Task.CompletedTask;
    }
}
