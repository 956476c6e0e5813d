using System.Text.Json.Nodes;
using McpHub.ConformanceServer.Tasks;
using Microsoft.AspNetCore.Http;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace McpHub.ConformanceServer.Hosting;

/// <summary>What must hold of a modern request before a handler sees it: its revision, its metadata, its method, its headers.</summary>
internal sealed class ModernRequestRules(FixtureServer server)
{
    /// <returns>The first rule that the request breaks, as the error to answer with; null when it keeps them all.</returns>
    public JsonRpcErrorDetail? Check(IHeaderDictionary headers, JsonRpcRequest request) =>
        CheckRevision(headers, request)
        ?? CheckMetadata(request)
        ?? CheckHeader(headers, McpHeaders.Method, request.Method)
        ?? CheckMethod(request)
        ?? CheckName(headers, request)
        ?? CheckParameters(headers, request);

    /// <remarks>Header and body are compared first: a client that contradicts itself is not told which revisions there are.</remarks>
    private static JsonRpcErrorDetail? CheckRevision(IHeaderDictionary headers, JsonRpcRequest request)
    {
        var header = headers[McpHeaders.ProtocolVersion].ToString();
        var body = EraRules.RevisionOf(request);
        if (body is null)
        {
            return EraRules.MissingMetadata(Revisions.ProtocolVersionKey);
        }

        if (header != body)
        {
            return Mismatch($"The header {McpHeaders.ProtocolVersion} must be '{body}'.");
        }

        return body == Revisions.Modern ? null : EraRules.UnsupportedRevision(body);
    }

    private static JsonRpcErrorDetail? CheckMetadata(JsonRpcRequest request) =>
        request.Params!["_meta"]![Revisions.ClientCapabilitiesKey] is JsonObject
            ? null
            : EraRules.MissingMetadata(Revisions.ClientCapabilitiesKey);

    private static JsonRpcErrorDetail? CheckMethod(JsonRpcRequest request) => request.Method switch
    {
        RequestMethods.ServerDiscover
            or RequestMethods.ToolsList or RequestMethods.ToolsCall
            or RequestMethods.PromptsList or RequestMethods.PromptsGet
            or RequestMethods.ResourcesList or RequestMethods.ResourcesTemplatesList or RequestMethods.ResourcesRead
            or RequestMethods.CompletionComplete
            or RequestMethods.SubscriptionsListen
            or TasksExtension.GetMethod or TasksExtension.UpdateMethod or TasksExtension.CancelMethod => null,
        _ => new() { Code = (int)McpErrorCode.MethodNotFound, Message = $"Method '{request.Method}' is not available." },
    };

    private static JsonRpcErrorDetail? CheckName(IHeaderDictionary headers, JsonRpcRequest request)
    {
        var property = request.Method switch
        {
            RequestMethods.ToolsCall or RequestMethods.PromptsGet => "name",
            RequestMethods.ResourcesRead => "uri",
            TasksExtension.GetMethod or TasksExtension.UpdateMethod or TasksExtension.CancelMethod => "taskId",
            _ => null,
        };
        return property is not null && request.Params![property] is JsonValue value
            ? CheckHeader(headers, McpHeaders.Name, value.ToString())
            : null;
    }

    /// <summary>Compares the mirrored arguments. The fixture has them at the top level of a schema only, so only there it looks.</summary>
    private JsonRpcErrorDetail? CheckParameters(IHeaderDictionary headers, JsonRpcRequest request)
    {
        if (request.Method is not RequestMethods.ToolsCall
            || request.Params!["name"] is not JsonValue name
            || server.FindTool(name.ToString()) is not { } tool
            || !tool.InputSchema.TryGetProperty("properties", out var properties))
        {
            return null;
        }

        foreach (var property in properties.EnumerateObject())
        {
            if (property.Value.TryGetProperty("x-mcp-header", out var header)
                && CheckParameter(headers, McpHeaders.ParameterPrefix + header.GetString(), property.Name, request) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private static JsonRpcErrorDetail? CheckParameter(
        IHeaderDictionary headers, string header, string property, JsonRpcRequest request)
    {
        var argument = request.Params!["arguments"] is JsonObject arguments ? arguments[property] : null;
        if (argument is not null)
        {
            return CheckHeader(headers, header, argument.ToString());
        }

        // Nobody expects a header for an argument that is not there, but one that cannot be read is wrong all the same.
        return headers.TryGetValue(header, out var value) && Decode(value.ToString()) is null ? Malformed(header) : null;
    }

    private static JsonRpcErrorDetail? CheckHeader(IHeaderDictionary headers, string header, string expected)
    {
        if (!headers.TryGetValue(header, out var value))
        {
            return Mismatch($"The header {header} is missing.");
        }

        if (Decode(value.ToString()) is not { } decoded)
        {
            return Malformed(header);
        }

        return decoded == expected ? null : Mismatch($"The header {header} differs from the body.");
    }

    /// <returns>The value that the header stands for; null when it holds characters or an encoding that are not allowed.</returns>
    private static string? Decode(string header)
    {
        var value = header.Trim(' ', '\t');
        return value.All(c => c is '\t' or (>= ' ' and <= '~')) ? McpHeaderEncoder.DecodeValue(value) : null;
    }

    private static JsonRpcErrorDetail Malformed(string header) => Mismatch($"The value of the header {header} is malformed.");

    private static JsonRpcErrorDetail Mismatch(string message) =>
        new() { Code = (int)McpErrorCode.HeaderMismatch, Message = message };
}
