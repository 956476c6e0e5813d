using System.Text.Json.Nodes;
using McpHub.Testing.Interop;

namespace McpHub.FunctionalTests.Interop;

/// <summary>What a real server lists for clients that declare everything, asked directly and through the gateway.</summary>
[Collection(NpmServersGroup.Name)]
public sealed class DeclaredListsTests(NpmServers servers)
{
    private static JsonObject Everything => JsonNode.Parse("""{"roots":{"listChanged":true},"sampling":{},"elicitation":{"form":{},"url":{}}}""")!.AsObject();

    [Theory]
    [InlineData(RawPeer.Legacy)]
    [InlineData(RawPeer.Modern)]
    public async Task List_EqualsThatOfTheServerItself_ForAClientThatDeclaresEverything(string revision)
    {
        await using var process = PeerProcess.Start(servers.Node, EverythingServer.StdioCommand(servers.Node)[1..], new Dictionary<string, string>());
        var direct = new RawStdioPeer(process.Process.StandardInput.BaseStream, process.Process.StandardOutput.BaseStream, RawPeer.Legacy) { Capabilities = Everything };
        await direct.OpenAsync();
        var few = await ToolsAsync(new RawHttpPeer(servers.Http, servers.Gateway.EndpointOf(NpmServers.Everything), RawPeer.Modern));
        var expected = await ToolsAsync(direct);
        Assert.True(expected.Length > few.Length, $"It lists {expected.Length} tools for a client with capabilities, and {few.Length} for one without.");

        foreach (var server in (string[])[NpmServers.Everything, NpmServers.Remote])
        {
            var peer = new RawHttpPeer(servers.Http, servers.Gateway.EndpointOf(server), revision) { Capabilities = Everything };
            await peer.OpenAsync();
            string[] listed = [];
            await Patience.UntilAsync(
                $"'{server}' lists as many tools as it does directly",
                async () => (listed = await ToolsAsync(peer)).SequenceEqual(expected),
                () => string.Join(", ", listed));
        }

        var plain = new RawHttpPeer(servers.Http, servers.Gateway.EndpointOf(NpmServers.Everything), RawPeer.Modern);
        Assert.Equal(few, await ToolsAsync(plain));
    }

    private static async Task<string[]> ToolsAsync(RawPeer peer) =>
        [.. (await peer.RequestAsync("tools/list"))["result"]!["tools"]!.AsArray().Select(t => (string)t!["name"]!)];
}
