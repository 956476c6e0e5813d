using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Subscriptions;

/// <summary>What makes a list change, and when and whom that is told.</summary>
public sealed class ListChangeTests
{
    private const string ToolsChanged = "notifications/tools/list_changed";
    private const string PromptsChanged = "notifications/prompts/list_changed";

    public static TheoryData<ClientKind> Clients { get; } = [.. Enum.GetValues<ClientKind>()];

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Client_ThatListsUponTheNews_SeesTheNewList(ClientKind kind)
    {
        await using var server = await FakeUpstream.StartAsync(Revision.V20260728, ChangingServer.Offer);
        await using var gateway = await GatewayHost.StartAsync(server.Config("s"));
        await server.UntilHeardAsync();
        await using var watcher = await Watchers.OpenAsync(kind, gateway);
        var client = await McpClient.ConnectAsync(gateway, Revision.V20251125);
        for (var i = 0; i < 5; i++)
        {
            server.Offer = server.Offer with { Tools = [.. server.Offer.Tools!, "{\"name\":\"t" + i + "\",\"inputSchema\":{\"type\":\"object\"}}"] };
            await server.Subscriptions.TellAsync(ToolsChanged);

            Assert.Equal(ToolsChanged, (await watcher.NextAsync()).GetProperty("method").GetString());
            Assert.Contains("\"s_t" + i + "\"", (await client.RequestAsync("tools/list")).Body, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Reload_IsTold_AsTheListsThatItChanges(ClientKind kind)
    {
        await using var one = await FakeUpstream.StartAsync(Revision.V20260728);
        await using var two = await FakeUpstream.StartAsync(Revision.V20251125, new FakeOffer { Tools = null, Prompts = ["""{"name":"plan"}"""] });
        await using var gateway = await GatewayHost.StartAsync(one.Config("one"), two.Config("two"));
        await using var watcher = await Watchers.OpenAsync(kind, gateway);

        // The same once more is no change; a server less is one of the lists that it had something in.
        await gateway.Runtime.ApplyAsync(new HubConfig { Upstreams = [one.Config("one"), two.Config("two")] }, CancellationToken.None);
        await gateway.Runtime.ApplyAsync(new HubConfig { Upstreams = [one.Config("one")] }, CancellationToken.None);
        Assert.Equal(PromptsChanged, (await watcher.NextAsync()).GetProperty("method").GetString());

        await gateway.Runtime.ApplyAsync(new HubConfig { Upstreams = [one.Config("one") with { Exclude = ["echo"] }] }, CancellationToken.None);
        Assert.Equal(ToolsChanged, (await watcher.NextAsync()).GetProperty("method").GetString());

        // One that comes is told of when it has said what it has.
        await gateway.Runtime.ApplyAsync(new HubConfig { Upstreams = [two.Config("two")] }, CancellationToken.None);
        Assert.Equal(PromptsChanged, (await watcher.NextAsync()).GetProperty("method").GetString());
    }

    [Fact]
    public async Task Endpoint_OfOneServer_HearsOfThatServerOnly()
    {
        await using var one = await FakeUpstream.StartAsync(Revision.V20260728, ChangingServer.Offer);
        await using var two = await FakeUpstream.StartAsync(Revision.V20260728, ChangingServer.Offer);
        await using var gateway = await GatewayHost.StartAsync(one.Config("one"), two.Config("two"));
        await Patience.UntilAsync(() => one.Subscriptions.Listens.Count == 1 && two.Subscriptions.Listens.Count == 1, "the gateway listens");
        var client = await McpClient.ConnectAsync(gateway, Protocol.Revisions.Latest, "TWO");
        using var stream = await MessageStream.ListenAsync(client, Watchers.Filter(ChangingServer.Watched));
        await stream.ReadAsync();
        Assert.Empty(one.Subscriptions.Uris);

        await one.Subscriptions.TellAsync(ToolsChanged);
        await one.Subscriptions.TellAsync("notifications/resources/updated", ChangingServer.Watched);
        await two.Subscriptions.TellAsync(PromptsChanged);
        await two.Subscriptions.TellAsync("notifications/resources/updated", ChangingServer.Watched);

        var told = new[] { await stream.ReadAsync(), await stream.ReadAsync() };
        Assert.Equal(
            [PromptsChanged, "notifications/resources/updated"], told.Select(m => m.GetProperty("method").GetString()).Order());
        Assert.Contains(told, m => m.GetProperty("params").TryGetProperty("uri", out var uri) && uri.GetString() == ChangingServer.Watched);
    }

    [Theory]
    [InlineData("2026-07-28", true)]
    [InlineData("2026-07-28", false)]
    [InlineData("2025-11-25", true)]
    [InlineData("2025-11-25", false)]
    public async Task Change_IsNotMissed_BetweenTheListsAndTheStreamThatTellsOfIt(string revision, bool isChanged)
    {
        Assert.True(Protocol.Revisions.TryParse(revision, out var parsed));
        var opens = new TaskCompletionSource();
        await using var server = await FakeUpstream.StartAsync(parsed, ChangingServer.Offer with { TtlMs = 600_000 }, setUp: f =>
        {
            f.HasGetStream = true;
            f.OnHttp = async (_, request) =>
            {
                await (request.HttpMethod == "GET" || request.Method == "subscriptions/listen" ? opens.Task : Task.CompletedTask);
                return false;
            };
        });
        await using var gateway = await GatewayHost.StartAsync(server.Config("s"));
        await using var watcher = await Watchers.OpenAsync(ClientKind.LegacyStdio, gateway);
        if (isChanged)
        {
            server.Offer = server.Offer with { Tools = [.. server.Offer.Tools!, """{"name":"new","inputSchema":{"type":"object"}}"""] };
            await server.Subscriptions.TellAsync(ToolsChanged);
        }

        opens.SetResult();

        await server.WaitForAsync("resources/templates/list", 2);
        if (isChanged)
        {
            Assert.Equal(ToolsChanged, (await watcher.NextAsync()).GetProperty("method").GetString());
            await gateway.UntilListedAsync("s_new");
        }

        // What is as it was is told to nobody.
        await server.UntilHeardAsync();
        await server.Subscriptions.TellAsync(PromptsChanged);
        Assert.Equal(PromptsChanged, (await watcher.NextAsync()).GetProperty("method").GetString());
    }

    [Theory]
    [InlineData("2026-07-28")]
    [InlineData("2025-11-25")]
    public async Task Server_ThatSignalsWhenItIsListed_IsNotListedWithoutEnd(string revision)
    {
        Assert.True(Protocol.Revisions.TryParse(revision, out var parsed));
        await using var server = await FakeUpstream.StartAsync(parsed, ChangingServer.Offer, setUp: f => f.HasGetStream = true);
        await using var gateway = await GatewayHost.StartAsync(server.Config("s"));
        await server.UntilHeardAsync();
        await using var watcher = await Watchers.OpenAsync(ClientKind.LegacyStdio, gateway);
        server.OnHttp = async (_, request) =>
        {
            if (request.Method == "tools/list")
            {
                await server.Subscriptions.TellAsync(ToolsChanged);
            }

            return false;
        };
        var listed = server.Of("tools/list").Count;
        var started = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < 10_000; i++)
        {
            await server.Subscriptions.TellAsync(ToolsChanged);
        }

        // Pauses of 0.1, 0.2, 0.4 … s come to the fifth refresh after 1.5 s, and still each is told.
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(ToolsChanged, (await watcher.NextAsync()).GetProperty("method").GetString());
        }

        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.FromSeconds(1.4), Patience.Limit);
        Assert.InRange(server.Of("tools/list").Count - listed, 5, 7);
        Assert.Empty(gateway.Log.Faults);
    }
}
