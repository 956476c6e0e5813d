using System.IO.Pipelines;
using System.Text.Json.Nodes;
using McpHub.Configuration;
using McpHub.Hosting;
using McpHub.Pipeline;
using McpHub.Testing.Interop;
using McpHub.Transports.Stdio;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace McpHub.FunctionalTests.Interop;

/// <summary>
/// A thousand calls at once, each with an argument of its own. The server holds them all back until the last is there, and answers the
/// last first: so they were in flight together, and whoever mixed them up would be seen.
/// </summary>
public sealed class ConcurrentCallsTests
{
    private const int Calls = 1000;
    private const string OverStdio = "stdio";
    private const string OverHttp = "http";

    [Theory]
    [InlineData(OverStdio)]
    [InlineData(OverHttp)]
    public async Task Answers_AreEachCallersOwn_OverHttp(string upstream)
    {
        var node = await NodePeers.ReadyAsync();
        var (remote, url) = await SmallServer.StartHttpAsync(node, OverHttp);
        await using var process = remote;
        await using var hub = await PeerGateway.StartAsync(Servers(node, url));
        using var http = new HttpClient();
        await hub.WhenListedAsync(http, OverStdio, OverHttp);

        // Half of the clients are of each era, and four calls come from each.
        var clients = await Task.WhenAll(Enumerable.Range(0, Calls / 4).Select(i => OpenAsync(http, hub.Root, i % 2 == 0 ? RawPeer.Legacy : RawPeer.Modern)));
        var answers = await Task.WhenAll(Enumerable.Range(0, Calls).Select(i => CallAsync(clients[i % clients.Length], upstream, i, Calls)));

        AssertOwn(answers, upstream);
    }

    [Theory]
    [InlineData(OverStdio)]
    [InlineData(OverHttp)]
    public async Task Answers_AreEachCallersOwn_OfARealServer(string upstream)
    {
        var node = await NodePeers.ReadyAsync();
        var (remote, url) = await SmallServer.StartHttpAsync(node, OverHttp);
        await using var process = remote;
        var servers = Servers(node, url);
        servers[OverStdio] = EverythingServer.Entry(node);
        await using var hub = await PeerGateway.StartAsync(servers);
        using var http = new HttpClient();
        await hub.WhenListedAsync(http, OverStdio, OverHttp);

        var clients = await Task.WhenAll(new[] { RawPeer.Legacy, RawPeer.Modern }.Select(r => OpenAsync(http, hub.Root, r)));
        var answers = await Task.WhenAll(Enumerable.Range(0, Calls).Select(i => clients[i % 2].RequestAsync("tools/call", Arguments(upstream + "_echo", $"{i}", 0))));

        Assert.Equal(
            Enumerable.Range(0, Calls).Select(i => upstream == OverStdio ? $"Echo: {i}" : $"{OverHttp}: {i}"), answers.Select(TextOf));
    }

    [Theory]
    [InlineData(OverStdio, RawPeer.Legacy)]
    [InlineData(OverStdio, RawPeer.Modern)]
    [InlineData(OverHttp, RawPeer.Legacy)]
    [InlineData(OverHttp, RawPeer.Modern)]
    public async Task Answers_AreEachCallersOwn_OverPipes(string upstream, string revision)
    {
        var node = await NodePeers.ReadyAsync();
        var (remote, url) = await SmallServer.StartHttpAsync(node, OverHttp);
        await using var process = remote;
        using var folder = new TemporaryConfig(Servers(node, url));
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddMcpHub(folder.Config);
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        var runtime = host.Services.GetRequiredService<HubRuntime>();
        await runtime.WhenSettledAsync(Patience.Limit, TestContext.Current.CancellationToken);
        var (toServer, fromServer) = (new Pipe(), new Pipe());
        using var server = new StdioServer(
            runtime.Catalog, host.Services.GetRequiredService<McpPipeline>(), toServer.Reader.AsStream(), fromServer.Writer.AsStream());
        var serving = server.RunAsync(Patience.Limit, TestContext.Current.CancellationToken);
        using var client = new RawStdioPeer(toServer.Writer.AsStream(), fromServer.Reader.AsStream(), revision);

        await client.OpenAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, Calls).Select(i => CallAsync(client, upstream, i, Calls)));

        AssertOwn(answers, upstream);
        await toServer.Writer.CompleteAsync();
        await serving;
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(RawPeer.Legacy)]
    [InlineData(RawPeer.Modern)]
    public async Task Answers_AreEachCallersOwn_OverStdio(string revision)
    {
        var node = await NodePeers.ReadyAsync();
        var arguments = PeerGateway.StdioArguments(new JsonObject { [OverStdio] = SmallServer.Entry(node, OverStdio) });
        await using var gateway = PeerProcess.Start("dotnet", arguments);
        using var client = new RawStdioPeer(gateway.Process.StandardInput.BaseStream, gateway.Process.StandardOutput.BaseStream, revision);

        await client.OpenAsync();
        await Patience.UntilAsync(
            "the tools are listed",
            async () => (await client.RequestAsync("tools/list"))["result"]!["tools"]!.AsArray().Any(t => (string)t!["name"]! == OverStdio + "_together"));
        var answers = await Task.WhenAll(Enumerable.Range(0, Calls).Select(i => CallAsync(client, OverStdio, i, Calls)));

        AssertOwn(answers, OverStdio);
        gateway.Process.StandardInput.Close();
        using var limit = new CancellationTokenSource(Patience.Limit);
        await gateway.Process.WaitForExitAsync(limit.Token);
        Assert.Equal(0, gateway.Process.ExitCode);
        File.Delete(arguments[^1]);
    }

    private static JsonObject Servers(string node, Uri url) => new()
    {
        [OverStdio] = SmallServer.Entry(node, OverStdio),
        [OverHttp] = new JsonObject { ["url"] = url.ToString() },
    };

    private static async Task<RawPeer> OpenAsync(HttpClient http, Uri endpoint, string revision)
    {
        var client = new RawHttpPeer(http, endpoint, revision);
        await client.OpenAsync();
        return client;
    }

    private static Task<JsonObject> CallAsync(RawPeer client, string upstream, int number, int count) =>
        client.RequestAsync($"call-{number}", "tools/call", Arguments(upstream + "_together", $"of {number}", count));

    private static JsonObject Arguments(string tool, string message, int count) => new()
    {
        ["name"] = tool,
        ["arguments"] = new JsonObject { ["message"] = message, ["count"] = count },
    };

    private static void AssertOwn(JsonObject[] answers, string upstream)
    {
        Assert.Equal(Enumerable.Range(0, Calls).Select(i => $"call-{i}"), answers.Select(a => (string)a["id"]!));
        Assert.Equal(Enumerable.Range(0, Calls).Select(i => $"{upstream}: of {i}"), answers.Select(TextOf));
    }

    private static string TextOf(JsonObject answer) =>
        (string?)answer["result"]?["content"]?[0]?["text"] ?? throw new InvalidOperationException(answer.ToJsonString());

    /// <summary>A configuration read from a file, as the gateway reads it.</summary>
    private sealed class TemporaryConfig : IDisposable
    {
        private readonly string _file = Path.Combine(Path.GetTempPath(), $"mcphub-{Guid.NewGuid():N}.json");

        public TemporaryConfig(JsonObject servers)
        {
            File.WriteAllText(_file, new JsonObject { ["mcpServers"] = servers }.ToJsonString());
            Config = ConfigurationReader.Read(_file).Config!;
        }

        public HubConfig Config { get; }

        public void Dispose() => File.Delete(_file);
    }
}
