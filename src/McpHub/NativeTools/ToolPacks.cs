using McpHub.NativeTools.Swarm;

namespace McpHub.NativeTools;

/// <summary>The packs of native tools that come with the gateway, and are served where the configuration names them.</summary>
internal static class ToolPacks
{
    public static IReadOnlyList<string> Names { get; } = [SwarmTools.Name];
}
