using McpHub.Configuration;
using McpHub.Hosting;
using McpHub.Protocol;
using McpHub.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace McpHub.FunctionalTests.Caching;

/// <summary>A gateway with its cache on, in front of a server with a tool that reads and one that writes the same value.</summary>
internal sealed class CachePair : IAsyncDisposable
{
    private int _value;

    private CachePair(FakeUpstream server) => Server = server;

    public FakeUpstream Server { get; }

    public GatewayHost Gateway { get; private set; } = null!;

    /// <summary>Set to hold the answers of the reading tool back.</summary>
    public TaskCompletionSource? Gate { get; set; }

    /// <summary>How often the server was asked for the value.</summary>
    public int Reads => Server.Of("tools/call").Count(r => r.Tool == "get");

    public static async Task<CachePair> StartAsync(Revision server, CacheConfig? cache = null, Action<IMcpHubBuilder>? configure = null)
    {
        const string Tool = """{"name":"NAME","inputSchema":{"type":"object"},"annotations":{"readOnlyHint":HINT}}""";
        var offer = new FakeOffer
        {
            Tools = [Tool.Replace("NAME", "get", StringComparison.Ordinal).Replace("HINT", "true", StringComparison.Ordinal), Tool.Replace("NAME", "set", StringComparison.Ordinal).Replace("HINT", "false", StringComparison.Ordinal)],
            Resources = ["""{"uri":"test://r","name":"r"}"""],
            HasSubscriptions = true,
        };
        CachePair? pair = null;
        var fake = await FakeUpstream.StartAsync(server, offer, setUp: f => f.HasGetStream = true);
        pair = new CachePair(fake);
        fake.OnTool("get", async x =>
        {
            var value = pair._value;
            if (pair.Gate is { } gate)
            {
                await gate.Task.WaitAsync(x.Aborted);
            }

            await x.TextAsync($"value {value}");
        });
        fake.OnTool("set", x => x.TextAsync($"now {++pair._value}"));
        pair.Gateway = await GatewayHost.StartAsync(
            new HubConfig
            {
                Upstreams = [fake.Config("s")],
                Gateway = new GatewayConfig { Cache = cache ?? Config },
            },
            configure: configure);
        return pair;
    }

    public static CacheConfig Config => new()
    {
        Enabled = true,
        Tools = new OrderedDictionary<string, CacheToolConfig> { ["s_get"] = new() { Ttl = TimeSpan.FromHours(1), Tags = ["value"] } },
        Invalidates = new OrderedDictionary<string, IReadOnlyList<string>> { ["s_set"] = ["value"] },
    };

    public async ValueTask DisposeAsync()
    {
        Gate?.TrySetResult();
        await Gateway.DisposeAsync();
        await Server.DisposeAsync();
    }
}
