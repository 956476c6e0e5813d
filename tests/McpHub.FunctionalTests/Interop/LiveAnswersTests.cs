using System.IO.Compression;
using System.Text.Json.Nodes;
using McpHub.Testing.Interop;

namespace McpHub.FunctionalTests.Interop;

/// <summary>What a real server says beside its answers: progress, and changes of its lists.</summary>
public sealed class LiveAnswersTests
{
    public static TheoryData<bool, string> Ways => new MatrixTheoryData<bool, string>([false, true], [RawPeer.Legacy, RawPeer.Modern]);

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Progress_ComesWholeAndInOrder_BeforeTheAnswer(bool overHttp, string revision)
    {
        await using var peers = await StartAsync(overHttp);
        var client = await peers.OpenAsync(revision);

        var answer = await client.RequestAsync("tools/call", new JsonObject
        {
            ["name"] = "everything_trigger-long-running-operation",
            ["arguments"] = new JsonObject { ["duration"] = 0.4, ["steps"] = 4 },
            ["_meta"] = new JsonObject { ["progressToken"] = "my token" },
        });

        Assert.StartsWith("Long running operation completed.", (string?)answer["result"]!["content"]![0]!["text"]);
        var expected = Enumerable.Range(1, 4).Select(i => new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["method"] = "notifications/progress",
            ["params"] = new JsonObject { ["progressToken"] = "my token", ["progress"] = i, ["total"] = 4 },
        });
        Assert.Equal(expected, client.Notifications, JsonNode.DeepEquals);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Resource_IsListedAndRead_WhenACallHasMadeIt(bool overHttp, string revision)
    {
        await using var peers = await StartAsync(overHttp);
        var client = await peers.OpenAsync(revision);
        Assert.DoesNotContain("demo://resource/session/made.gz", await UrisAsync(client));

        var call = await client.RequestAsync("tools/call", new JsonObject
        {
            ["name"] = "everything_gzip-file-as-resource",
            ["arguments"] = new JsonObject { ["name"] = "made.gz", ["data"] = "data:text/plain,hello", ["outputType"] = "resourceLink" },
        });

        var uri = (string)call["result"]!["content"]![0]!["uri"]!;
        await Patience.UntilAsync("the new resource is listed", async () => (await UrisAsync(client)).Contains(uri), () => peers.Hub.Log);
        var read = await client.RequestAsync("resources/read", new JsonObject { ["uri"] = uri });
        using var zipped = new MemoryStream(Convert.FromBase64String((string)read["result"]!["contents"]![0]!["blob"]!));
        using var text = new StreamReader(new GZipStream(zipped, CompressionMode.Decompress));
        Assert.Equal("hello", await text.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Instructions_AreTheServersOwn_OnItsEndpoint(bool overHttp, string revision)
    {
        await using var peers = await StartAsync(overHttp);
        await using var direct = PeerProcess.Start(peers.Node, EverythingServer.StdioCommand(peers.Node)[1..]);
        using var server = new RawStdioPeer(direct.Process.StandardInput.BaseStream, direct.Process.StandardOutput.BaseStream, RawPeer.Legacy);
        var expected = (string?)(await server.OpenAsync())["result"]!["instructions"];

        var greeting = await new RawHttpPeer(peers.Http, peers.Hub.EndpointOf("everything"), revision).OpenAsync();

        Assert.NotNull(expected);
        Assert.Equal(expected, (string?)greeting["result"]!["instructions"]);
    }

    private static async Task<IReadOnlyList<string>> UrisAsync(RawPeer client) =>
        [.. (await client.RequestAsync("resources/list"))["result"]!["resources"]!.AsArray().Select(r => (string)r!["uri"]!)];

    private static async Task<Peers> StartAsync(bool overHttp)
    {
        var node = await NodePeers.ReadyAsync();
        var remote = overHttp ? await EverythingServer.StartHttpAsync(node) : default;
        var entry = overHttp ? new JsonObject { ["url"] = remote.Url.ToString() } : EverythingServer.Entry(node);
        var http = new HttpClient();
        var hub = await PeerGateway.StartAsync(new JsonObject { ["everything"] = entry });
        await hub.WhenListedAsync(http, "everything");
        return new Peers(node, hub, http, remote.Process);
    }

    private sealed record Peers(string Node, PeerGateway Hub, HttpClient Http, PeerProcess? Remote) : IAsyncDisposable
    {
        public async Task<RawPeer> OpenAsync(string revision)
        {
            var client = new RawHttpPeer(Http, Hub.Root, revision);
            await client.OpenAsync();
            return client;
        }

        public async ValueTask DisposeAsync()
        {
            await Hub.DisposeAsync();
            Http.Dispose();
            if (Remote is not null)
            {
                await Remote.DisposeAsync();
            }
        }
    }
}
