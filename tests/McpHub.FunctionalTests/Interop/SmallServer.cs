using System.Text.Json.Nodes;
using McpHub.Testing.Interop;

namespace McpHub.FunctionalTests.Interop;

/// <summary>Configuration entries for <c>tests/peers/server.mjs</c>.</summary>
internal static class SmallServer
{
    /// <param name="node">Node.</param>
    /// <param name="name">What the server calls itself in its answers.</param>
    /// <param name="options">How it misbehaves.</param>
    public static JsonObject Entry(string node, string name, params string[] options) =>
        Command([node, NodePeers.Script("server.mjs"), "--name", name, .. options]);

    public static JsonObject Command(params string[] command) => new()
    {
        ["command"] = command[0],
        ["args"] = new JsonArray([.. command[1..].Select(a => (JsonNode)a)]),
    };

    /// <summary>Starts one that serves HTTP.</summary>
    public static async Task<(PeerProcess Process, Uri Url)> StartHttpAsync(string node, string name)
    {
        var process = PeerProcess.Start(node, [NodePeers.Script("server.mjs"), "--name", name, "--http"]);
        return (process, new Uri(await process.ReadLineAsync(line => line.StartsWith("http://", StringComparison.Ordinal))));
    }
}
