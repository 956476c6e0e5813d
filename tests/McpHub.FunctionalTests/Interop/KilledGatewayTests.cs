using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using McpHub.Testing.Interop;

namespace McpHub.FunctionalTests.Interop;

/// <summary>What is left of the servers when the gateway is killed and can't clean up.</summary>
public sealed class KilledGatewayTests
{
    // Every process that a server starts inherits it, so that all of them are found, whoever their parent is by then.
    private const string Mark = "MCPHUB_TEST_MARK";

    [Fact]
    public async Task Servers_EndWithTheirChildren_WhenTheGatewayIsKilled()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Processes are looked up in /proc.");
        var node = await NodePeers.ReadyAsync();
        var mark = Guid.NewGuid().ToString("N");
        string[] tenacious = [node, NodePeers.Script("server.mjs"), "--tenacious", "--name"];
        var servers = new JsonObject
        {
            ["direct"] = Marked(mark, [.. tenacious, "direct"]),
            ["shell"] = Marked(mark, "sh", "-c", $"'{string.Join("' '", tenacious)}' shell; true"),
            ["launcher"] = Marked(mark, [node, NodePeers.Script("launcher.mjs"), .. tenacious, "launcher"]),
        };
        await using var hub = await PeerGateway.StartAsync(servers);
        using var http = new HttpClient();
        await hub.WhenListedAsync(http, [.. servers.Select(s => s.Key)]);
        Assert.Equal(5, Running(mark).Count);

        await hub.KillAsync();

        await Patience.UntilAsync("no server is left", () => Task.FromResult(Running(mark).Count == 0), () => string.Join('\n', Running(mark)));
    }

    [Fact]
    public async Task Servers_EndWithTheirChildren_WhenTheGatewayIsTerminated()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Processes are looked up in /proc.");
        var node = await NodePeers.ReadyAsync();
        var mark = Guid.NewGuid().ToString("N");
        var servers = new JsonObject
        {
            ["launcher"] = Marked(mark, node, NodePeers.Script("launcher.mjs"), node, NodePeers.Script("server.mjs"), "--tenacious", "--name", "launcher"),
        };
        await using (var hub = await PeerGateway.StartAsync(servers))
        {
            using var http = new HttpClient();
            await hub.WhenListedAsync(http, "launcher");
            Assert.Equal(2, Running(mark).Count);
        }

        // They have been killed, and need a moment to die.
        await Patience.UntilAsync("no server is left", () => Task.FromResult(Running(mark).Count == 0), () => string.Join('\n', Running(mark)));
    }

    private static JsonObject Marked(string mark, params string[] command)
    {
        var entry = SmallServer.Command(command);
        entry["env"] = new JsonObject { [Mark] = mark };
        return entry;
    }

    /// <summary>The processes with the mark, as their command lines. One that has ended and is not reaped yet has no environment.</summary>
    private static List<string> Running(string mark)
    {
        var found = new List<string>();
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(f => int.TryParse(Path.GetFileName(f), CultureInfo.InvariantCulture, out _)))
        {
            try
            {
                if (Encoding.UTF8.GetString(File.ReadAllBytes(folder + "/environ")).Split('\0').Contains($"{Mark}={mark}"))
                {
                    found.Add(File.ReadAllText(folder + "/cmdline").Replace('\0', ' '));
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile, or is another user's.
            }
        }

        return found;
    }
}
