using System.Text;
using System.Text.Json;
using McpHub.Bridging;
using McpHub.Catalog;
using McpHub.Pipeline;
using McpHub.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace McpHub.Transports.Http;

/// <summary>
/// Checks that the headers of a modern request say what its body says (2026-07-28 Streamable HTTP; SEP-2243), in the order that
/// decides which of several faults is told.
/// </summary>
internal static class ModernHeaders
{
    /// <param name="context">The request.</param>
    /// <param name="version">Its <c>MCP-Protocol-Version</c> header.</param>
    /// <param name="headers">All of its headers.</param>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static Failure? Check(McpContext context, StringValues version, IHeaderDictionary headers)
    {
        var isNotification = context.Envelope.Kind == EnvelopeKind.Notification;
        var failure = CheckVersion(context, version, isNotification);
        if (failure is not null || isNotification)
        {
            return failure;
        }

        context.LookAsDeclared();
        return ModernMetadata.CheckRest(context) ?? CheckMethod(context, headers) ?? CheckParameters(context, headers);
    }

    private static Failure? CheckVersion(McpContext context, StringValues header, bool isNotification)
    {
        var inBody = context.Slice(context.Envelope.ProtocolVersion);
        if (inBody.IsEmpty)
        {
            // Clients send notifications without metadata; they are taken as they are.
            return isNotification ? null : ModernMetadata.Missing(MetaKeys.ProtocolVersionText);
        }

        if (header.Count != 1 || !IsSame(inBody, header[0]!))
        {
            return Mismatch("MCP-Protocol-Version", header, JsonText.Decode(inBody));
        }

        return ModernMetadata.CheckVersion(context);
    }

    private static Failure? CheckMethod(McpContext context, IHeaderDictionary headers)
    {
        var method = headers["Mcp-Method"];
        var inBody = context.Slice(context.Envelope.MethodName);
        if (method.Count != 1 || !IsSame(inBody, method[0]!))
        {
            return Mismatch("Mcp-Method", method, JsonText.Decode(inBody));
        }

        if (!context.Envelope.Method.HasNameHeader() || context.Target.IsEmpty)
        {
            return null;
        }

        var name = headers["Mcp-Name"];
        return name.Count == 1 && (IsSame(context.Target, name[0]!) || IsSameDecoded(context.Target, name[0]!))
            ? null
            : Mismatch("Mcp-Name", name, JsonText.Decode(context.Target));
    }

    /// <summary>Compares the headers of annotated arguments; the tool is looked up here, as its caller sees it, and the pipeline takes what was found.</summary>
    private static Failure? CheckParameters(McpContext context, IHeaderDictionary headers)
    {
        if (context.Envelope.Method != McpMethod.CallTool || !context.Envelope.Name.IsPresent)
        {
            return null;
        }

        context.Entry = context.View.For(context.Caller).FindTool(context.Slice(context.Envelope.Name));
        return context.Entry is { HeaderParameters: { Count: > 0 } parameters } ? CheckParameters(context, parameters, headers) : null;
    }

    private static Failure? CheckParameters(McpContext context, IReadOnlyList<HeaderParameter> parameters, IHeaderDictionary headers)
    {
        if (!context.Envelope.Arguments.IsPresent)
        {
            return null;
        }

        using var arguments = JsonDocument.Parse(context.Envelope.Arguments.Of(context.Message), JsonDefaults.Document);
        foreach (var parameter in parameters)
        {
            var header = headers[parameter.Header];
            if (ParamHeaders.Check(parameter, header.Count == 0 ? null : header.ToString(), arguments.RootElement) is { } fault)
            {
                return new Failure(FailureKind.HeaderMismatch, $"Header mismatch: {fault}.");
            }
        }

        return null;
    }

    private static bool IsSame(ReadOnlySpan<byte> json, string header) =>
        json.Contains((byte)'\\') ? JsonText.Decode(json) == header : json.Length == header.Length + 2 && Ascii.Equals(json[1..^1], header);

    private static bool IsSameDecoded(ReadOnlySpan<byte> json, string header) =>
        HeaderValue.TryDecode(header, out var decoded) && JsonText.Decode(json) == decoded;

    private static Failure Mismatch(string name, StringValues header, string? body) => new(
        FailureKind.HeaderMismatch,
        header.Count == 0
            ? $"Header mismatch: {name} is missing; the body says '{body}'."
            : $"Header mismatch: {name} header value '{header}' does not match body value '{body}'.");
}
