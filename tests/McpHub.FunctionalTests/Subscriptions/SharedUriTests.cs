using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Subscriptions;

/// <summary>Resources of several servers under one URI, and resources below others.</summary>
public sealed class SharedUriTests
{
    private static readonly FakeOffer Offer = new()
    {
        Resources = ["""{"uri":"file:///same","name":"same"}"""],
        ResourceTemplates = ["""{"uriTemplate":"file:///dir/{path}","name":"d"}"""],
        HasSubscriptions = true,
    };

    [Theory]
    [InlineData(ClientKind.ModernHttp)]
    [InlineData(ClientKind.LegacyHttp)]
    public async Task Updates_HaveTheUriThatTheClientSees_AndReachNobodyElse(ClientKind kind)
    {
        await using var one = await FakeUpstream.StartAsync(Revision.V20260728, Offer);
        await using var two = await FakeUpstream.StartAsync(Revision.V20251125, Offer, setUp: f => f.HasGetStream = true);
        await using var gateway = await GatewayHost.StartAsync(one.Config("one"), two.Config("two"));
        await using var first = await Watchers.OpenAsync(kind, gateway, "file:///same");
        await using var second = await Watchers.OpenAsync(kind, gateway, "mcphub://two/file:///same", "mcphub://two/file:///dir/");
        await Patience.UntilAsync(() => two.Streams.Count == 1 && one.Subscriptions.Listens is [{ Uris.Count: 1 }], "the gateway listens");
        Assert.Equal(["file:///same"], one.Subscriptions.Uris);
        Assert.Equal(["file:///dir/", "file:///same"], two.Subscriptions.Uris);

        await two.Subscriptions.TellAsync("notifications/resources/updated", "file:///same");
        Assert.Equal("mcphub://two/file:///same", await UriAsync(second));
        await two.Subscriptions.TellAsync("notifications/resources/updated", "file:///dir/a/b?c");
        Assert.Equal("mcphub://two/file:///dir/a/b?c", await UriAsync(second));
        await one.Subscriptions.TellAsync("notifications/resources/updated", "file:///samesame");
        await one.Subscriptions.TellAsync("notifications/resources/updated", "file:///same/part");
        Assert.Equal("file:///same/part", await UriAsync(first));
    }

    private static async Task<string?> UriAsync(IWatcher watcher) => (await watcher.NextAsync()).GetProperty("params").GetProperty("uri").GetString();
}
