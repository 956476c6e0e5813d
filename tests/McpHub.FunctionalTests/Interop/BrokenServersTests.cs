using System.Net;
using System.Text.Json.Nodes;
using McpHub.Testing.Interop;

namespace McpHub.FunctionalTests.Interop;

/// <summary>Servers that are broken in every way, next to servers that are not.</summary>
public sealed class BrokenServersTests
{
    [Fact]
    public async Task BrokenServers_DelayNobody_WhileTheyAreStillFailing()
    {
        var node = await NodePeers.ReadyAsync();
        var broken = new JsonObject
        {
            ["missing"] = SmallServer.Command("mcphub-no-such-program"),
            ["exits"] = SmallServer.Entry(node, "exits", "--exit"),
            ["silent"] = SmallServer.Entry(node, "silent", "--silent"),
            ["garbage"] = SmallServer.Entry(node, "garbage", "--garbage"),
            ["refused"] = new JsonObject { ["url"] = $"http://127.0.0.1:{FreePorts.Next()}/mcp" },
        };
        var servers = new JsonObject();
        foreach (var (name, entry) in broken)
        {
            // Broken and healthy ones by turns, so that nothing depends on who comes first.
            servers[name] = entry!.DeepClone();
            foreach (var good in new[] { "a", "b", "c" }.Select(suffix => $"after-{name}-{suffix}"))
            {
                servers[good] = SmallServer.Entry(node, good);
            }
        }

        // Nothing here takes that long: while the tests run, the silent server is waited for.
        var gateway = new JsonObject { ["timeouts"] = new JsonObject { ["start"] = "1h", ["probe"] = "1h" } };
        await using var hub = await PeerGateway.StartAsync(servers, gateway);
        using var http = new HttpClient();
        var healthy = servers.Select(s => s.Key).Where(name => !broken.ContainsKey(name)).ToArray();
        Assert.Equal((15, 20), (healthy.Length, servers.Count));
        await hub.WhenListedAsync(http, healthy);

        foreach (var revision in new[] { RawPeer.Legacy, RawPeer.Modern })
        {
            var client = new RawHttpPeer(http, hub.Root, revision);
            await client.OpenAsync();
            var listed = (await client.RequestAsync("tools/list"))["result"]!["tools"]!.AsArray().Select(t => (string)t!["name"]!).ToArray();
            Assert.Equal(healthy.SelectMany(h => new[] { h + "_echo", h + "_together" }), listed.Where(n => !n.StartsWith("hub_", StringComparison.Ordinal)));
            var calls = await Task.WhenAll(healthy.Select(h => client.RequestAsync("tools/call", Echo(h + "_echo", revision))));
            Assert.Equal(healthy.Select(h => $"{h}: {revision}"), calls.Select(c => (string)c["result"]!["content"]![0]!["text"]!));
        }

        var status = await new RawHttpPeer(http, hub.Root, RawPeer.Modern).RequestAsync("tools/call", new JsonObject { ["name"] = "hub_list_servers" });
        var states = status["result"]!["structuredContent"]!["servers"]!.AsArray().ToDictionary(s => (string)s!["name"]!, s => (string)s!["status"]!);
        Assert.All(healthy, h => Assert.Equal("ready", states[h]));
        Assert.All(broken, b => Assert.NotEqual("ready", states[b.Key]));
        Assert.Equal("connecting", states["silent"]);
        using var ready = await http.GetAsync(new Uri(hub.Address, "/health/ready"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
    }

    private static JsonObject Echo(string tool, string message) =>
        new() { ["name"] = tool, ["arguments"] = new JsonObject { ["message"] = message } };
}
