using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Capabilities;

/// <summary>What a client does that declares capabilities and looks at the tools that it sees.</summary>
internal static class ListingClient
{
    public static async Task<McpClient> ConnectAsync(GatewayHost gateway, string revision, string capabilities)
    {
        var client = await McpClient.ConnectAsync(gateway, Parse(revision), capabilities: capabilities);
        client.Capabilities = capabilities;
        return client;
    }

    public static async Task<string[]> ToolsAsync(McpClient client) =>
        [.. (await client.RequestAsync("tools/list")).Result.GetProperty("tools").EnumerateArray().Select(t => t.GetProperty("name").GetString()!)];

    public static async Task UntilListedAsync(McpClient client, params string[] tools)
    {
        await Patience.UntilAsync(async () => (await ToolsAsync(client)).SequenceEqual(tools), $"the client sees {string.Join(", ", tools)}");
    }

    public static Revision Parse(string text) =>
        Protocol.Revisions.TryParse(text, out var revision) ? revision : throw new ArgumentException($"No revision: {text}", nameof(text));
}
