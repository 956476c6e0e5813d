using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace McpHub.ConformanceServer.Hosting;

/// <summary>Makes a server of one era out of an SDK that speaks both: what it has to refuse, and in which words.</summary>
internal static class EraRules
{
    /// <returns>The refusal, or null when the request is for this era to answer.</returns>
    public static JsonRpcErrorDetail? Refuse(ServerEra era, JsonRpcRequest request) => era switch
    {
        ServerEra.Legacy => RefuseModern(request),
        ServerEra.Modern => RefuseLegacy(request),
        _ => null,
    };

    /// <summary>Whether the request names its revision in its own metadata, which only modern ones do.</summary>
    public static bool NamesRevision(JsonRpcRequest request) => RevisionOf(request) is not null;

    public static string? RevisionOf(JsonRpcRequest request) =>
        (request.Params as JsonObject)?["_meta"] is JsonObject meta
        && meta[Revisions.ProtocolVersionKey] is JsonValue value && value.TryGetValue<string>(out var revision)
            ? revision
            : null;

    public static JsonRpcErrorDetail UnsupportedRevision(string? requested) => new()
    {
        Code = (int)McpErrorCode.UnsupportedProtocolVersion,
        Message = "Unsupported protocol version",
        Data = JsonSerializer.SerializeToElement(new JsonObject
        {
            ["supported"] = new JsonArray(Revisions.Modern),
            ["requested"] = requested ?? "",
        }),
    };

    public static JsonRpcErrorDetail MissingMetadata(string key) =>
        new() { Code = (int)McpErrorCode.InvalidParams, Message = $"The request must name '_meta/{key}'." };

    private static JsonRpcErrorDetail? RefuseModern(JsonRpcRequest request) => request.Method switch
    {
        RequestMethods.ServerDiscover or RequestMethods.SubscriptionsListen =>
            new() { Code = (int)McpErrorCode.MethodNotFound, Message = $"Method '{request.Method}' is not available." },
        not RequestMethods.Initialize when NamesRevision(request) =>
            new() { Code = (int)McpErrorCode.InvalidRequest, Message = "The server is not initialized." },
        _ => null,
    };

    private static JsonRpcErrorDetail? RefuseLegacy(JsonRpcRequest request)
    {
        if (NamesRevision(request))
        {
            return null;
        }

        return request.Method is RequestMethods.Initialize
            ? UnsupportedRevision((request.Params as JsonObject)?["protocolVersion"]?.ToString())
            : MissingMetadata(Revisions.ProtocolVersionKey);
    }
}
