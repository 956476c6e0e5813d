using System.Text.Json.Nodes;
using McpHub.Testing.Interop;

namespace McpHub.FunctionalTests.Interop;

/// <summary>The protocol's own example server, which has something of everything.</summary>
internal static class EverythingServer
{
    private static string[] Script =>
        ["--import", NodePeers.Script("fixed-time.mjs"), NodePeers.Package("@modelcontextprotocol/server-everything", "dist/index.js")];

    public static string[] StdioCommand(string node) => [node, .. Script, "stdio"];

    /// <summary>A configuration's entry for it, over stdio.</summary>
    public static JsonObject Entry(string node) => SmallServer.Command(StdioCommand(node));

    /// <summary>Starts it over Streamable HTTP.</summary>
    public static async Task<(PeerProcess Process, Uri Url)> StartHttpAsync(string node)
    {
        // It takes no port of its own choice and tells none, so one that was free a moment ago has to do.
        while (true)
        {
            var port = FreePorts.Next();
            var process = PeerProcess.Start(node, [.. Script, "streamableHttp"], new Dictionary<string, string> { ["PORT"] = $"{port}" });
            await Patience.UntilAsync(
                "server-everything listens",
                () => Task.FromResult(process.Process.HasExited || process.Errors.Contains("listening on port", StringComparison.Ordinal)),
                () => process.Errors);
            if (!process.Process.HasExited)
            {
                return (process, new Uri($"http://127.0.0.1:{port}/mcp"));
            }

            var wasTaken = process.Errors.Contains("already in use", StringComparison.Ordinal);
            await process.DisposeAsync();
            if (!wasTaken)
            {
                throw new InvalidOperationException($"server-everything ended at its start.\n{process.Errors}");
            }
        }
    }
}
