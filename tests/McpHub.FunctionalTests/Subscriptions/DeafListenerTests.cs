using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Subscriptions;

/// <summary>A client that listens and never reads. The memory measured is the whole process's.</summary>
[Collection(AloneCollection.Name)]
public sealed class DeafListenerTests
{
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
