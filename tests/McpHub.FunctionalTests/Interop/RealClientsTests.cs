using System.Text.Json.Nodes;
using McpHub.Testing.Interop;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace McpHub.FunctionalTests.Interop;

/// <summary>What real clients of every revision see of real servers behind the gateway.</summary>
[Collection(NpmServersGroup.Name)]
public sealed class RealClientsTests(NpmServers servers)
{
    // Client generations by the newest revision that each speaks. The last speaks two eras and has to find the newer one.
    public static TheoryData<string, string> TypeScriptSdks => new()
    {
        { "sdk-2024-11-05", "2024-11-05" },
        { "sdk-2025-03-26", "2025-03-26" },
        { "sdk-2025-06-18", "2025-06-18" },
        { "sdk-2025-11-25", "2025-11-25" },
        { "@modelcontextprotocol/sdk", "2025-11-25" },
        { "@modelcontextprotocol/client", "2026-07-28" },
    };

    [Theory]
    [MemberData(nameof(TypeScriptSdks))]
    public async Task TypeScriptSdk_SeesEverything_OverHttp(string package, string revision) =>
        AssertSeen(await SeenByAsync(package, servers.Gateway.Root.ToString()), revision);

    [Theory]
    [MemberData(nameof(TypeScriptSdks))]
    public async Task TypeScriptSdk_SeesEverything_OverStdio(string package, string revision)
    {
        var arguments = StdioGateway();
        try
        {
            AssertSeen(await SeenByAsync(package, ["dotnet", .. arguments]), revision);
        }
        finally
        {
            File.Delete(arguments[^1]);
        }
    }

    [Theory]
    [InlineData("2024-11-05")]
    [InlineData("2025-03-26")]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    [InlineData("2026-07-28")]
    [InlineData(null)]
    public async Task CSharpSdk_SeesEverything_OverHttp(string? revision)
    {
        await using var transport = new HttpClientTransport(
            new HttpClientTransportOptions { Endpoint = servers.Gateway.Root, TransportMode = HttpTransportMode.StreamableHttp });
        await AssertSeenByCSharpAsync(transport, revision);
    }

    [Theory]
    [InlineData("2025-11-25")]
    [InlineData("2026-07-28")]
    [InlineData(null)]
    public async Task CSharpSdk_SeesEverything_OverStdio(string? revision)
    {
        var arguments = StdioGateway();
        try
        {
            await AssertSeenByCSharpAsync(new StdioClientTransport(new StdioClientTransportOptions { Command = "dotnet", Arguments = arguments }), revision);
        }
        finally
        {
            File.Delete(arguments[^1]);
        }
    }

    [Theory]
    [InlineData("sdk-2024-11-05", "2024-11-05")]
    [InlineData("@modelcontextprotocol/sdk", "2025-11-25")]
    public async Task TypeScriptSdk_SeesEverything_OverSse(string package, string revision) =>
        AssertSeen(await SeenByAsync(package, servers.Gateway.Root + "/sse"), revision);

    [Theory]
    [InlineData("2024-11-05")]
    [InlineData("2025-11-25")]
    public async Task CSharpSdk_SeesEverything_OverSse(string revision)
    {
        await using var transport = new HttpClientTransport(
            new HttpClientTransportOptions { Endpoint = new Uri(servers.Gateway.Root + "/sse"), TransportMode = HttpTransportMode.Sse });
        await AssertSeenByCSharpAsync(transport, revision);
    }

    [Theory]
    [InlineData("legacy")]
    [InlineData("modern")]
    [InlineData("auto")]
    public async Task Inspector_ListsAndCalls_OverHttp(string era)
    {
        string[] target = ["--transport", "http", servers.Gateway.Root.ToString()];

        await AssertSeenByInspectorAsync(era, target);
    }

    [Theory]
    [InlineData("legacy")]
    [InlineData("modern")]
    [InlineData("auto")]
    public async Task Inspector_ListsAndCalls_OverStdio(string era)
    {
        var arguments = StdioGateway();
        try
        {
            await AssertSeenByInspectorAsync(era, ["--", "dotnet", .. arguments]);
        }
        finally
        {
            File.Delete(arguments[^1]);
        }
    }

    private string[] StdioGateway() => PeerGateway.StdioArguments(
        new JsonObject { [NpmServers.Everything] = EverythingServer.Entry(servers.Node) }, new JsonObject { ["builtInTools"] = false });

    private async Task<JsonNode> SeenByAsync(string package, params string[] target)
    {
        var output = await PeerProcess.RunAsync(servers.Node, [NodePeers.Script("client.mjs"), package, .. target]);
        return JsonNode.Parse(output)!;
    }

    private static void AssertSeen(JsonNode seen, string revision)
    {
        Assert.Equal(revision, (string?)seen["revision"]);
        Assert.Equal("mcphub", (string?)seen["server"]!["name"]);
        Assert.Contains("everything_echo", seen["tools"]!.AsArray().Select(t => (string)t!));
        Assert.Equal("Echo: grüße", (string?)seen["call"]!["content"]![0]!["text"]);
        Assert.Equal("image/png", (string?)seen["image"]!["content"]![1]!["mimeType"]);
        Assert.StartsWith("iVBOR", (string?)seen["image"]!["content"]![1]!["data"]);
        Assert.Equal("Long running operation completed. Duration: 0.4 seconds, Steps: 4.", (string?)seen["slow"]!["content"]![0]!["text"]);

        // These clients, too, may drop what came together with the answer, also when they ask the server directly.
        var progress = seen["progress"]!.AsArray().Select(p => (int)p!["progress"]!).ToArray();
        Assert.NotEmpty(progress);
        Assert.Equal(progress.Distinct().Order(), progress);
        Assert.Subset(new HashSet<int> { 1, 2, 3, 4 }, progress.ToHashSet());
        Assert.All(seen["progress"]!.AsArray(), p => Assert.Equal(4, (int)p!["total"]!));
        Assert.Contains("everything_args-prompt", seen["prompts"]!.AsArray().Select(p => (string)p!));
        Assert.Equal("What's weather in Bonn, NRW?", (string?)seen["prompt"]!["messages"]![0]!["content"]!["text"]);
        Assert.Contains("demo://resource/static/document/features.md", seen["resources"]!.AsArray().Select(r => (string)r!));
        Assert.Contains("demo://resource/dynamic/text/{resourceId}", seen["templates"]!.AsArray().Select(t => (string)t!));
        Assert.StartsWith("Resource 7: ", (string?)seen["resource"]!["contents"]![0]!["text"]);
        Assert.Equal(["Engineering"], seen["completion"]!["completion"]!["values"]!.AsArray().Select(v => (string)v!));
        Assert.Equal(-32602, (int)seen["unknownTool"]!["code"]!);
        Assert.EndsWith("Unknown tool: everything_nothing", (string?)seen["unknownTool"]!["message"]);
        Assert.Equal(-32602, (int)seen["unknownPrompt"]!["code"]!);

        // Came with 2025-06-18; an older client is shown what it knows.
        Assert.Equal(string.CompareOrdinal(revision, "2025-06-18") >= 0, seen["structured"]!["structuredContent"] is not null);
        Assert.Contains("temperature", (string?)seen["structured"]!["content"]![0]!["text"]);
    }

    private static async Task AssertSeenByCSharpAsync(IClientTransport transport, string? revision)
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        await using var client = await McpClient.CreateAsync(
            transport, new McpClientOptions { ProtocolVersion = revision, InitializationTimeout = Patience.Limit }, cancellationToken: limit.Token);

        Assert.Equal(revision ?? RawPeer.Modern, client.NegotiatedProtocolVersion);
        Assert.Equal("mcphub", client.ServerInfo?.Name);
        Assert.Contains("everything_echo", (await client.ListToolsAsync(cancellationToken: limit.Token)).Select(t => t.Name));
        var call = await client.CallToolAsync(
            "everything_echo", new Dictionary<string, object?> { ["message"] = "grüße" }, cancellationToken: limit.Token);
        Assert.Equal("Echo: grüße", Assert.IsType<TextContentBlock>(Assert.Single(call.Content)).Text);
        var progress = new ProgressList();
        await client.CallToolAsync(
            "everything_trigger-long-running-operation", new Dictionary<string, object?> { ["duration"] = 0.4, ["steps"] = 4 }, progress,
            cancellationToken: limit.Token);

        // This client handles notifications side by side, and drops those that it has not come to when the answer is there.
        Assert.NotEmpty(progress.Values);
        Assert.Subset(new HashSet<float> { 1, 2, 3, 4 }, progress.Values.ToHashSet());
        var prompt = await client.GetPromptAsync(
            "everything_args-prompt", new Dictionary<string, object?> { ["city"] = "Bonn" }, cancellationToken: limit.Token);
        Assert.Equal("What's weather in Bonn?", Assert.IsType<TextContentBlock>(prompt.Messages[0].Content).Text);
        var resource = await client.ReadResourceAsync("demo://resource/dynamic/text/7", cancellationToken: limit.Token);
        Assert.StartsWith("Resource 7: ", Assert.IsType<TextResourceContents>(resource.Contents[0]).Text);
        var unknown = await Assert.ThrowsAsync<McpProtocolException>(
            async () => await client.CallToolAsync("everything_nothing", cancellationToken: limit.Token));
        Assert.Equal(McpErrorCode.InvalidParams, unknown.ErrorCode);
    }

    private async Task AssertSeenByInspectorAsync(string era, string[] target)
    {
        // It keeps files in the home folder; those of the user are none of our business.
        var home = Directory.CreateTempSubdirectory("mcphub-inspector-");
        try
        {
            var environment = new Dictionary<string, string> { ["HOME"] = home.FullName };
            string[] start = [NodePeers.Package("@modelcontextprotocol/inspector", "clients/launcher/build/index.js"), "--cli", "--protocol-era", era];

            var list = JsonNode.Parse(await PeerProcess.RunAsync(servers.Node, [.. start, "--method", "tools/list", .. target], environment))!;
            var call = JsonNode.Parse(await PeerProcess.RunAsync(
                servers.Node, [.. start, "--method", "tools/call", "--tool-name", "everything_get-sum", "--tool-arg", "a=2", "b=40", .. target], environment))!;

            Assert.Contains("everything_echo", list["tools"]!.AsArray().Select(t => (string)t!["name"]!));
            Assert.Equal("The sum of 2 and 40 is 42.", (string?)call["content"]![0]!["text"]);
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }

    private sealed class ProgressList : IProgress<ProgressNotificationValue>
    {
        private readonly List<float> _values = [];

        public IReadOnlyList<float> Values
        {
            get
            {
                lock (_values)
                {
                    return [.. _values];
                }
            }
        }

        public void Report(ProgressNotificationValue value)
        {
            lock (_values)
            {
                _values.Add(value.Progress);
            }
        }
    }
}
