using System.Diagnostics;
using System.Globalization;
using McpHub.Bridging;
using McpHub.Catalog;
using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Observability;

/// <summary>What an operation is measured by: the tags of its duration and of its span.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Target">The name of the tool or prompt, once it was found; <see langword="null"/> for all other operations.</param>
/// <param name="Server">The server that was asked; <see langword="null"/> for what a client asks the gateway.</param>
/// <param name="Transport">How the client is connected; <see langword="null"/> where a server is asked.</param>
/// <param name="IsNested">Whether it was done on behalf of a client's request.</param>
/// <param name="Revision">The revision that the client speaks; default before that is known.</param>
/// <param name="ErrorType">How it failed; <see langword="null"/> if it didn't.</param>
/// <param name="StatusCode">The JSON-RPC code of its error; <see langword="null"/> if there is none.</param>
internal readonly record struct OperationLabels(
    McpMethod Method, string? Target, string? Server, string? Transport, bool IsNested, Revision Revision, string? ErrorType, int? StatusCode)
{
    /// <param name="context">The request.</param>
    /// <param name="server">The server that was asked; <see langword="null"/> for the request itself.</param>
    /// <param name="result">What came of it.</param>
    public static OperationLabels Of(McpContext context, string? server, in McpResult result)
    {
        var method = context.Envelope.Method;
        var (errorType, statusCode) = ErrorOf(result);
        return new OperationLabels(
            method,
            method is McpMethod.CallTool or McpMethod.GetPrompt ? context.Entry?.Name : null,
            server,
            server is null ? context.NetworkTransport : null,
            server is null && context.Depth > 0,
            context.Revision,
            errorType,
            statusCode);
    }

    /// <summary>The tags, by the names that OpenTelemetry's conventions for MCP give them.</summary>
    public TagList ToTags()
    {
        var tags = new TagList { { "mcp.method.name", Method.Text() } };
        if (Target is not null)
        {
            AddTarget(ref tags);
        }

        if (Server is not null)
        {
            tags.Add("mcphub.server.name", Server);
        }

        if (Transport is not null)
        {
            tags.Add("network.transport", Transport);
        }

        if (IsNested)
        {
            tags.Add("mcphub.nested", true);
        }

        if (Revision != default)
        {
            tags.Add("mcp.protocol.version", Revision.Text());
        }

        if (ErrorType is not null)
        {
            tags.Add("error.type", ErrorType);
        }

        if (StatusCode is { } code)
        {
            tags.Add("rpc.response.status_code", code.ToString(CultureInfo.InvariantCulture));
        }

        return tags;
    }

    /// <remarks>
    /// A name, a method and a code tell nearly all operations apart, and the hash of one text more would cost as much as all the rest of
    /// finding it.
    /// </remarks>
    public override int GetHashCode() => ((Target ?? Server)?.GetHashCode() ?? 0) ^ ((int)Method << 24) ^ StatusCode.GetValueOrDefault();

    private void AddTarget(ref TagList tags)
    {
        if (Method == McpMethod.CallTool)
        {
            tags.Add("gen_ai.operation.name", "execute_tool");
            tags.Add("gen_ai.tool.name", Target);
        }
        else
        {
            tags.Add("gen_ai.prompt.name", Target);
        }
    }

    private static (string? Type, int? Code) ErrorOf(in McpResult result)
    {
        switch (result.Kind)
        {
            case McpResultKind.Failure:
                var row = Failures.Of(result.Failure!.Kind);
                return (row.ErrorType, row.Code);
            case McpResultKind.UpstreamError:
                return (result.Code.ToString(CultureInfo.InvariantCulture), result.Code);
            case McpResultKind.Result when result.IsToolError:
                return ("tool_error", null);
            default:
                return (null, null);
        }
    }
}
