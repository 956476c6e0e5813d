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
        await Patience.UntilAsync(() => server.Subscriptions.Listens.Count == 1, "the gateway listens");
        using var deaf = await RawListener.OpenAsync(gateway.Url, receiveBuffer: 1024);
        var listeners = await Task.WhenAll(Enumerable.Range(0, Count).Select(_ => RawListener.OpenAsync(gateway.Url)));
        await Task.WhenAll(listeners.Select(l => l.UntilAsync("notifications/subscriptions/acknowledged")));

        // Enough for any buffer between the gateway and a client that never reads.
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

    [Fact]
    public async Task Listener_ThatNeverReads_CostsABoundedAmount()
    {
        await using var server = await FakeUpstream.StartAsync(Revision.V20260728, ChangingServer.Offer);
        await using var gateway = await GatewayHost.StartAsync(server.Config("s"));
        using var deaf = await RawListener.OpenAsync(gateway.Url, receiveBuffer: 1024);
        await Patience.UntilAsync(() => gateway.Listeners == 1 && server.Subscriptions.Uris.Count == 1, "it listens");
        await gateway.StillServesAsync();

        // More than the sockets' buffers hold, told one by one: the producer is never held up.
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 200_000; i++)
        {
            gateway.Upstream("s").OnResourceUpdated(ChangingServer.Watched + "/" + (i % 50_000));
        }

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 8 * 1024 * 1024);

        await using var reader = await Watchers.OpenAsync(ClientKind.ModernHttp, gateway, ChangingServer.Watched);
        await server.Subscriptions.TellAsync("notifications/resources/updated", ChangingServer.Watched);
        Assert.Equal(ChangingServer.Watched, (await reader.NextAsync()).GetProperty("params").GetProperty("uri").GetString());
        await gateway.StillServesAsync();
    }
}
