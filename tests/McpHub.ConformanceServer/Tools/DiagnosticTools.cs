using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpHub.ConformanceServer.Tools;

/// <summary>Tools through which the suite looks at the rules of a modern request: capabilities, streams, logs and headers.</summary>
internal static class DiagnosticTools
{
    private const string HeaderSchema = """
        {
          "type": "object",
          "properties": {
            "region": { "type": "string", "description": "Mirrored in a header.", "x-mcp-header": "Region" },
            "query": { "type": "string" }
          },
          "additionalProperties": false
        }
        """;

    public static FixtureTool[] All { get; } =
    [
        new("test_missing_capability", "Works only for a client that declares sampling.", RequireSampling),
        new("test_streaming_elicitation", "Returns its result and asks the client for nothing.",
            () => ToolOutput.Text("Only a result was sent.")),
        new("test_logging_tool", "Logs one message, which a client that asked for no logs must not see.", LogAsync),
    ];

    public static FixtureTool MirroredHeader { get; } = new(
        "test_x_mcp_header", "Has an argument that HTTP clients mirror in the header Mcp-Param-Region.", EchoRegion, HeaderSchema);

    private static ValueTask<CallToolResult> RequireSampling(
        RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken) =>
        request.Server.ClientCapabilities?.Sampling is not null
            ? ValueTask.FromResult(ToolOutput.Text("The client declares sampling."))
            : throw new MissingRequiredClientCapabilityException(new ClientCapabilities { Sampling = new SamplingCapability() });

    private static async ValueTask<CallToolResult> LogAsync(
        RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        await ClientLog.InfoAsync(request, "test_logging_tool ran", cancellationToken);
        return ToolOutput.Text("A message was logged if the client wants any.");
    }

    private static ValueTask<CallToolResult> EchoRegion(
        RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        var region = request.Params.Arguments?.TryGetValue("region", out var value) is true ? value.ToString() : "(none)";
        return ValueTask.FromResult(ToolOutput.Text($"region={region}"));
    }
}
