using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace McpHub.FunctionalTests.Inputs;

/// <summary>A client that can be asked, a gateway, and a server that asks.</summary>
internal sealed class InputPair : IAsyncDisposable
{
    public const string Everything = """{"roots":{"listChanged":true},"sampling":{"tools":{},"context":{}},"elicitation":{"form":{},"url":{}}}""";

    /// <summary>All of the legacy era: client and server.</summary>
    public static TheoryData<string, string> Legacy { get; } = Pairs();

    /// <summary>The revisions of the legacy era.</summary>
    public static TheoryData<string> LegacyRevisions { get; } =
        [.. Protocol.Revisions.All.Where(r => !r.IsModern()).Select(r => r.Text())];

    public FakeUpstream Server { get; private set; } = null!;

    public GatewayHost Gateway { get; private set; } = null!;

    public McpClient Client { get; private set; } = null!;

    /// <param name="capabilities">The client's; <see langword="null"/> for all that its revision has.</param>
    public static async Task<InputPair> StartAsync(
        string client, string server, string? capabilities = null, TimeProvider? time = null, TimeSpan? inputLimit = null, FakeOffer? offer = null)
    {
        var pair = new InputPair();
        pair.Server = await FakeUpstream.StartAsync(Parse(server), offer ?? FakeOffer.OfTools("ask", "other") with { HasLogging = true });
        pair.Gateway = await GatewayHost.StartAsync(
            new HubConfig
            {
                Upstreams = [pair.Server.Config("s")],
                Gateway = new GatewayConfig { BuiltInTools = false, Timeouts = new TimeoutsConfig { Input = inputLimit ?? TimeSpan.FromMinutes(10) } },
            },
            time);
        pair.Client = await pair.ConnectAsync(client, capabilities);
        return pair;
    }

    /// <summary>The sessions of a legacy server, but for the one in which it is asked what it lists for clients that can do everything.</summary>
    public IReadOnlyList<FakeRequest> Sessions =>
        [.. Server.Of("initialize").Where(r => !r.Body.Contains("io.modelcontextprotocol/ui", StringComparison.Ordinal))];

    /// <summary>Another client of the same gateway.</summary>
    public async Task<McpClient> ConnectAsync(string revision, string? capabilities = null)
    {
        capabilities ??= CapabilitiesOf(Parse(revision));
        var client = await McpClient.ConnectAsync(Gateway, Parse(revision), capabilities: capabilities);
        client.Capabilities = capabilities;
        return client;
    }

    public static Revision Parse(string text) =>
        Protocol.Revisions.TryParse(text, out var revision) ? revision : throw new ArgumentException($"No revision: {text}", nameof(text));

    /// <summary>Waits until this many calls are parked.</summary>
    public Task UntilParkedAsync(int count) => Patience.UntilAsync(() => Parked() == count, $"{count} calls are parked; it is {Parked()}");

    public int Parked() => Gateway.Services.GetRequiredService<Bridging.Inputs.ParkedCalls>().Count;

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        Assert.Empty(Gateway.Log.Faults);
        await Server.DisposeAsync();
    }

    private static string CapabilitiesOf(Revision revision) => revision switch
    {
        >= Revision.V20251125 => Everything,
        Revision.V20250618 => """{"roots":{"listChanged":true},"sampling":{},"elicitation":{}}""",
        _ => """{"roots":{"listChanged":true},"sampling":{}}""",
    };

    private static TheoryData<string, string> Pairs()
    {
        var data = new TheoryData<string, string>();
        foreach (var client in Protocol.Revisions.All.Where(r => !r.IsModern()))
        {
            foreach (var server in Protocol.Revisions.All.Where(r => !r.IsModern()))
            {
                data.Add(client.Text(), server.Text());
            }
        }

        return data;
    }
}
