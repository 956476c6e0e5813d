using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace McpHub.ConformanceServer.Hosting;

/// <summary>The two forms of an HTTP answer: one JSON-RPC error, or a stream of events.</summary>
internal static class Reply
{
    private static readonly JsonTypeInfo<JsonRpcError> ErrorType =
        (JsonTypeInfo<JsonRpcError>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(JsonRpcError));

    public static Task ErrorAsync(HttpContext context, int status, int code, string message, RequestId id = default) =>
        ErrorAsync(context, status, new JsonRpcErrorDetail { Code = code, Message = message }, id);

    public static Task ErrorAsync(HttpContext context, int status, JsonRpcErrorDetail error, RequestId id = default)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new JsonRpcError { Id = id, Error = error }, ErrorType);
    }

    /// <summary>Sets the headers of an event stream. The status is sent with the first event.</summary>
    public static void BeginStream(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache, no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
    }

    /// <summary>Answers a message that has no answer: a notification, or the client's answer to a request.</summary>
    public static void Accept(HttpContext context)
    {
        context.Response.ContentType = null;
        context.Response.StatusCode = StatusCodes.Status202Accepted;
    }
}
