using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Subscriptions;

/// <summary>Many clients on real sockets, and some that don't read.</summary>
public sealed class ManyListenersTests
{
    private const int Count = 1000;

    [Fact]
    public async Task EveryListener_IsTold_ThoughOneNeverReads()
    {
        await using var server = await FakeUpstream.StartAsync(Revision.V20260728, ChangingServer.Offer);
        await using var gateway = await GatewayHost.StartAsync(server.Config("s"));
        await server.UntilHeardAsync();
        using var deaf = await RawListener.OpenAsync(gateway.Url, receiveBuffer: 1024);
        var listeners = await Task.WhenAll(Enumerable.Range(0, Count).Select(_ => RawListener.OpenAsync(gateway.Url)));
        await Task.WhenAll(listeners.Select(l => l.UntilAsync("notifications/subscriptions/acknowledged")));

        for (var i = 0; i < 3; i++)
        {
            await server.Subscriptions.TellAsync("notifications/tools/list_changed");
            await Task.WhenAll(listeners.Select(l => l.UntilAsync("notifications/tools/list_changed")));
            await server.Subscriptions.TellAsync("notifications/resources/updated", ChangingServer.Watched);
            await Task.WhenAll(listeners.Select(l => l.UntilAsync("notifications/resources/updated")));
        }

        // Whoever subscribes, the server knows one.
        Assert.Single(server.Subscriptions.Listens);
        Assert.Equal([ChangingServer.Watched], server.Subscriptions.Uris);
        Array.ForEach(listeners, l => l.Dispose());
        await Patience.UntilAsync(() => gateway.Listeners <= 1, "the gateway has seen them go");
        await gateway.StillServesAsync();
    }
}
