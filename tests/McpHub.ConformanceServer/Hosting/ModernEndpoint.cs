using Microsoft.AspNetCore.Http;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpHub.ConformanceServer.Hosting;

/// <summary>Streamable HTTP of 2026-07-28: every request stands alone.</summary>
internal sealed class ModernEndpoint(FixtureServer server)
{
    private readonly ModernRequestRules _rules = new(server);

    public async Task PostAsync(HttpContext context, JsonRpcMessage message)
    {
        switch (message)
        {
            case JsonRpcRequest request when _rules.Check(context.Request.Headers, request) is { } refusal:
                await Reply.ErrorAsync(context, StatusOf(refusal) ?? StatusCodes.Status400BadRequest, refusal, request.Id);
                break;
            case JsonRpcRequest request:
                await ServeAsync(context, request);
                break;
            case JsonRpcNotification:
                // Closing the response stream is how a client cancels, so there is nothing left to do with one.
                Reply.Accept(context);
                break;
            default:
                await Reply.ErrorAsync(context, 400, (int)McpErrorCode.InvalidRequest, "A client sends requests and notifications.");
                break;
        }
    }

    private async Task ServeAsync(HttpContext context, JsonRpcRequest request)
    {
        await using var transport = new StreamableHttpServerTransport { Stateless = true };
        await using var session = server.Start(transport);
        Reply.BeginStream(context);

        // The transport holds the status line back for the first message only where it knows that the revision is a modern one.
        request.Context = new JsonRpcMessageContext { ProtocolVersion = Revisions.Modern };
        try
        {
            await transport.HandlePostRequestAsync(request, context.Response.Body, OnResponseStarting, context.RequestAborted);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client hung up, which ends the session and with it the handler.
        }

        ValueTask OnResponseStarting(JsonRpcMessage? first)
        {
            if (first is JsonRpcError { Error: var error } && StatusOf(error) is { } status)
            {
                context.Response.StatusCode = status;
            }

            return ValueTask.CompletedTask;
        }
    }

    /// <summary>The HTTP status that the specification ties to an error; null where it leaves 200.</summary>
    private static int? StatusOf(JsonRpcErrorDetail error) => (McpErrorCode)error.Code switch
    {
        McpErrorCode.MethodNotFound => StatusCodes.Status404NotFound,
        McpErrorCode.HeaderMismatch => StatusCodes.Status400BadRequest,
        McpErrorCode.MissingRequiredClientCapability => StatusCodes.Status400BadRequest,
        McpErrorCode.UnsupportedProtocolVersion => StatusCodes.Status400BadRequest,
        _ => null,
    };
}
