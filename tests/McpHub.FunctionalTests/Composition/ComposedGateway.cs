using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Composition;

/// <summary>A gateway with one server and compositions.</summary>
internal sealed class ComposedGateway(FakeUpstream server, GatewayHost hub) : IAsyncDisposable
{
    public FakeUpstream Server { get; } = server;

    public GatewayHost Hub { get; } = hub;

    public static Revision RevisionOf(string text) => Enum.Parse<Revision>("V" + text.Replace("-", "", StringComparison.Ordinal));

    /// <param name="compositions">Names and definitions.</param>
    /// <param name="offer">What the server <c>s</c> offers.</param>
    /// <param name="server">The server's revision.</param>
    /// <param name="gateway">Changes the configuration.</param>
    public static async Task<ComposedGateway> StartAsync(
        (string Name, string Definition)[] compositions, FakeOffer offer, string server = "2025-11-25", Func<GatewayConfig, GatewayConfig>? gateway = null)
    {
        var upstream = await FakeUpstream.StartAsync(RevisionOf(server), offer);
        var config = new GatewayConfig { Compositions = compositions.ToDictionary(c => c.Name, c => c.Definition) };
        var hub = await GatewayHost.StartAsync(new HubConfig { Upstreams = [upstream.Config("s")], Gateway = gateway?.Invoke(config) ?? config });
        return new ComposedGateway(upstream, hub);
    }

    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        await Server.DisposeAsync();
    }
}
