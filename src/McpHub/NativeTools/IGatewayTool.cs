using McpHub.Configuration;
using McpHub.Pipeline.Nested;

namespace McpHub.NativeTools;

/// <summary>A tool of the gateway's own that works on its caller's behalf.</summary>
internal interface IGatewayTool : INestingTool
{
    /// <summary>The tool as clients see it: its entry in <c>tools/list</c>, as JSON.</summary>
    string Definition { get; }

    string Category { get; }

    /// <summary>Whether the tool is there under a configuration. <c>gateway.builtInTools</c> switches it off in any case.</summary>
    bool IsOffered(GatewayConfig gateway);
}
