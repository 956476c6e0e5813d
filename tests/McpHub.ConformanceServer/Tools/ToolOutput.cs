using ModelContextProtocol.Protocol;

namespace McpHub.ConformanceServer.Tools;

/// <summary>Short forms of the results that most tools return.</summary>
internal static class ToolOutput
{
    public static CallToolResult Text(string text) => Of(new TextContentBlock { Text = text });

    public static CallToolResult Error(string text) =>
        new() { IsError = true, Content = [new TextContentBlock { Text = text }] };

    public static CallToolResult Of(params ContentBlock[] content) => new() { Content = [.. content] };
}
