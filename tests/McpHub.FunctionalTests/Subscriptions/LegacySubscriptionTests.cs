using System.Text.Json;
using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Subscriptions;

/// <summary>Subscriptions of clients that have a session.</summary>
public sealed class LegacySubscriptionTests : IAsyncLifetime
{
    private FakeUpstream _server = null!;
    private GatewayHost _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await FakeUpstream.StartAsync(Revision.V20251125, ChangingServer.Offer, setUp: f => f.HasGetStream = true);
        _gateway = await GatewayHost.StartAsync(_server.Config("s"));
        await Patience.UntilAsync(() => _server.Streams.Count == 1, "the gateway listens");
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        Assert.Empty(_gateway.Log.Faults);
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Lists_AreToldOf_FromTheInitializedNotificationOn()
    {
        await using var client = _gateway.OpenStdio();
        await client.AskAsync(Rpc.Initialize("1", "2024-11-05"));
        await _server.Subscriptions.TellAsync("notifications/prompts/list_changed");
        Assert.True(await client.IsNextPongAsync("2"));

        await client.SendAsync(Rpc.Notification("notifications/initialized"));
        await client.SendAsync(Rpc.Request("3", "ping"));
        var isTold = false;
        Assert.Equal("""{"jsonrpc":"2.0","id":3,"result":{}}""", await NextAsync());
        await _server.Subscriptions.TellAsync("notifications/tools/list_changed");

        Assert.Equal("""{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}""", await NextAsync());

        // The first change may reach the gateway when the client is ready already, before the pong or after it; it is told of once.
        async Task<string> NextAsync()
        {
            var next = await client.ReadLineAsync();
            if (isTold || !next.Contains("prompts", StringComparison.Ordinal))
            {
                return next;
            }

            isTold = true;
            return await client.ReadLineAsync();
        }
    }

    [Fact]
    public async Task Subscription_IsOneAtTheServer_WhoeverListens()
    {
        await using var stdio = _gateway.OpenStdio();
        await stdio.InitializeAsync();
        var http = await McpClient.ConnectAsync(_gateway, Revision.V20250618);
        var modern = await McpClient.ConnectAsync(_gateway, Protocol.Revisions.Latest);
        await stdio.AskAsync(Rpc.Request("1", "resources/subscribe", Uri(ChangingServer.Watched)));
        Assert.Equal("{}", (await http.RequestAsync("resources/subscribe", Uri(ChangingServer.Watched))).Result.GetRawText());
        Assert.Equal("{}", (await http.RequestAsync("resources/subscribe", Uri(ChangingServer.Watched))).Result.GetRawText());
        var stream = await MessageStream.ListenAsync(modern, Watchers.Filter(ChangingServer.Watched));
        await stream.ReadAsync();
        Assert.Single(_server.Of("resources/subscribe"));

        Assert.Equal("{}", (await http.RequestAsync("resources/unsubscribe", Uri(ChangingServer.Watched))).Result.GetRawText());
        Assert.Equal("{}", (await http.RequestAsync("resources/unsubscribe", Uri(ChangingServer.Watched))).Result.GetRawText());
        stream.Dispose();
        Assert.Equal([ChangingServer.Watched], _server.Subscriptions.Uris);
        Assert.Empty(_server.Of("resources/unsubscribe"));

        await stdio.AskAsync(Rpc.Request("2", "resources/unsubscribe", Uri(ChangingServer.Watched)));
        await Patience.UntilAsync(() => _server.Subscriptions.Uris.Count == 0, "the server is told that nobody listens");
        Assert.Single(_server.Of("resources/unsubscribe"));
    }

    [Fact]
    public async Task Subscriptions_EndWithTheSession()
    {
        var client = await McpClient.ConnectAsync(_gateway, Revision.V20250618);
        await client.RequestAsync("resources/subscribe", Uri(ChangingServer.Watched));
        Assert.Equal([ChangingServer.Watched], _server.Subscriptions.Uris);

        await client.DeleteAsync();

        await Patience.UntilAsync(() => _server.Subscriptions.Uris.Count == 0, "the server is told that nobody listens");
        await using (var stdio = _gateway.OpenStdio())
        {
            await stdio.InitializeAsync();
            await stdio.AskAsync(Rpc.Request("1", "resources/subscribe", Uri("test://other")));
            Assert.Equal(["test://other"], _server.Subscriptions.Uris);

            // A second handshake on the pipe is a new session, which has subscribed to nothing.
            await stdio.InitializeAsync();
            await Patience.UntilAsync(() => _server.Subscriptions.Uris.Count == 0, "the server is told that nobody listens");
            await stdio.AskAsync(Rpc.Request("1", "resources/subscribe", Uri("test://other")));
            await Patience.UntilAsync(() => _server.Subscriptions.Uris.Count == 1, "it is subscribed to again");
        }

        await Patience.UntilAsync(() => _server.Subscriptions.Uris.Count == 0, "the server is told that nobody listens");
    }

    [Fact]
    public async Task Subscribe_FailsClearly_WhereThereIsNothingToSubscribeTo()
    {
        await using var plain = await FakeUpstream.StartAsync(Revision.V20251125, new FakeOffer { Resources = ["""{"uri":"plain://r","name":"r"}"""] });
        _server.Subscriptions.Refused = [ChangingServer.Watched];
        await _gateway.Runtime.ApplyAsync(new HubConfig { Upstreams = [_server.Config("s"), plain.Config("plain")] }, CancellationToken.None);
        await _gateway.UntilListedAsync("plain_echo");
        var client = await McpClient.ConnectAsync(_gateway, Revision.V20251125);

        Assert.Equal(-32602, (await client.RequestAsync("resources/subscribe")).Code);
        Assert.Equal(-32602, (await client.RequestAsync("resources/unsubscribe")).Code);
        Assert.Equal(-32002, (await client.RequestAsync("resources/subscribe", Uri("nobody://has"))).Code);
        Assert.Equal(-32002, (await client.RequestAsync("resources/subscribe", Uri(ChangingServer.Watched))).Code);
        var unsupported = await client.RequestAsync("resources/subscribe", Uri("plain://r"));
        Assert.Equal(-32602, unsupported.Code);
        Assert.Contains("'plain' has no subscriptions", unsupported.Body, StringComparison.Ordinal);
        Assert.Empty(_server.Subscriptions.Uris);

        // Behind this endpoint nothing can be subscribed to at all.
        var one = await McpClient.ConnectAsync(_gateway, Revision.V20251125, "plain");
        Assert.Equal(-32601, (await one.RequestAsync("resources/subscribe", Uri("plain://r"))).Code);
    }

    [Fact]
    public async Task Subscribe_FailsClearly_BeyondWhatOneClientMayHave()
    {
        var client = await McpClient.ConnectAsync(_gateway, Revision.V20251125);
        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal(0, (await client.RequestAsync("resources/subscribe", Uri("test://" + i))).Code);
        }

        var answer = await client.RequestAsync("resources/subscribe", Uri("test://beyond"));

        Assert.Equal((200, -31004), (answer.Status, answer.Code));
        Assert.Equal(0, (await client.RequestAsync("resources/subscribe", Uri("test://7"))).Code);
        Assert.Equal(1000, _server.Subscriptions.Uris.Count);
        await client.RequestAsync("resources/unsubscribe", Uri("test://7"));
        Assert.Equal(0, (await client.RequestAsync("resources/subscribe", Uri("test://beyond"))).Code);
    }

    [Fact]
    public async Task Changes_StayPending_UntilThereIsAStream()
    {
        var client = await McpClient.ConnectAsync(_gateway, Revision.V20251125);
        await client.RequestAsync("resources/subscribe", Uri(ChangingServer.Watched));
        _server.Offer = _server.Offer with { Tools = [.. _server.Offer.Tools!, """{"name":"late","inputSchema":{"type":"object"}}"""] };
        for (var i = 0; i < 5; i++)
        {
            await _server.Subscriptions.TellAsync("notifications/resources/updated", ChangingServer.Watched);
        }

        await _server.Subscriptions.TellAsync("notifications/tools/list_changed");
        await _gateway.UntilListedAsync("s_late");
        await _gateway.StillServesAsync();

        var stream = new HeldStream { IsFull = true };
        _gateway.Session(client).Unsolicited = stream;
        Assert.Empty(stream.Messages);
        stream.IsFull = false;

        // What was told five times is told once.
        await Patience.UntilAsync(() => stream.Messages.Count == 2, "what is pending is told when there is room");
        Assert.Equal(
            [
                """{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}""",
                """{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"test://watched-resource"}}""",
            ],
            stream.Messages);
    }

    [Theory]
    [InlineData("2024-11-05")]
    [InlineData("2025-03-26")]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    [InlineData("2026-07-28")]
    public async Task Capabilities_SayWhatIsToldOf(string revision)
    {
        Assert.True(Protocol.Revisions.TryParse(revision, out var parsed));
        await using var plain = await FakeUpstream.StartAsync(Revision.V20251125, new FakeOffer { Resources = [] });
        await _gateway.Runtime.ApplyAsync(new HubConfig { Upstreams = [_server.Config("s"), plain.Config("plain")] }, CancellationToken.None);
        await _gateway.UntilListedAsync("plain_echo");

        var all = await CapabilitiesAsync(parsed, "");
        Assert.Equal("""{"subscribe":true,"listChanged":true}""", all.GetProperty("resources").GetRawText());
        Assert.Equal("""{"listChanged":true}""", all.GetProperty("tools").GetRawText());
        Assert.Equal("""{"listChanged":true}""", all.GetProperty("prompts").GetRawText());
        Assert.Equal("""{"listChanged":true}""", (await CapabilitiesAsync(parsed, "plain")).GetProperty("resources").GetRawText());
        Assert.Equal("""{"subscribe":true,"listChanged":true}""", (await CapabilitiesAsync(parsed, "s")).GetProperty("resources").GetRawText());
    }

    private async Task<JsonElement> CapabilitiesAsync(Revision revision, string server) =>
        (await McpClient.ConnectAsync(_gateway, revision, server)).Greeting.GetProperty("capabilities");

    private static string Uri(string uri) => "{\"uri\":\"" + uri + "\"}";
}
