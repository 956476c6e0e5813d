using McpHub.Configuration.Reading;
using McpHub.NativeTools;

namespace McpHub.Configuration.Rules;

/// <summary>A pack of native tools is one that comes with the gateway.</summary>
internal static class ToolPackRule
{
    public static Problem? Check(string name) => ToolPacks.Names.Contains(name)
        ? null
        : new Problem("is no pack of tools", $"The packs are: {string.Join(", ", ToolPacks.Names)}.");
}
