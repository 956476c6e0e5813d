using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Subscriptions;

/// <summary>Whatever could not be heard for a while may have changed, and what was subscribed to still is.</summary>
public sealed class RecoveryTests
{
    private static readonly string[] Everything =
    [
        "notifications/prompts/list_changed",
        "notifications/resources/list_changed",
        "notifications/resources/updated test://other",
        "notifications/resources/updated test://watched-resource",
        "notifications/tools/list_changed",
    ];

    public static TheoryData<ClientKind> Clients { get; } = [.. Enum.GetValues<ClientKind>()];

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task ForgottenSession_IsTold_AndSubscribesAnew(ClientKind kind)
    {
        await using var server = await FakeUpstream.StartAsync(Revision.V20251125, ChangingServer.Offer, setUp: f => f.HasGetStream = true);
        await using var gateway = await GatewayHost.StartAsync(server.Config("s"));
        await Patience.UntilAsync(() => server.Streams.Count == 1, "the gateway listens");
        await using var watcher = await Watchers.OpenAsync(kind, gateway, ChangingServer.Watched, "test://other");

        server.ForgetSessions();
        var client = await McpClient.ConnectAsync(gateway, Protocol.Revisions.Latest);
        Assert.Equal("echo", (await client.CallAsync("s_echo")).Text);

        await AssertEverythingIsToldAsync(watcher, server);
    }

    [Theory]
    [InlineData("2025-11-25")]
    [InlineData("2026-07-28")]
    public async Task ResetStream_IsTold_AndOpenedAnew(string revision)
    {
        Assert.True(Protocol.Revisions.TryParse(revision, out var parsed));
        var streams = new System.Collections.Concurrent.ConcurrentStack<Microsoft.AspNetCore.Http.HttpContext>();
        await using var server = await FakeUpstream.StartAsync(parsed, ChangingServer.Offer, setUp: f => f.HasGetStream = true);
        server.OnHttp = (http, request) =>
        {
            if (request.HttpMethod == "GET" || request.Method == "subscriptions/listen")
            {
                streams.Push(http);
            }

            return Task.FromResult(false);
        };
        await using var gateway = await GatewayHost.StartAsync(server.Config("s"));
        await using var watcher = await Watchers.OpenAsync(ClientKind.LegacyStdio, gateway, ChangingServer.Watched, "test://other");
        await Patience.UntilAsync(() => parsed.IsModern() ? server.Subscriptions.Listens is [{ Uris.Count: 2 }] : server.Streams.Count == 1, "the gateway listens");
        var opened = streams.Count;
        Assert.True(streams.TryPeek(out var stream));

        stream.Abort();
        await Patience.UntilAsync(() => streams.Count > opened, "the gateway listens again");

        await AssertEverythingIsToldAsync(watcher, server);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task BrokenListenStream_IsTold_AndOpenedAnew(ClientKind kind)
    {
        await using var server = await FakeUpstream.StartAsync(Revision.V20260728, ChangingServer.Offer);
        await using var gateway = await GatewayHost.StartAsync(server.Config("s"));
        await using var watcher = await Watchers.OpenAsync(kind, gateway, ChangingServer.Watched, "test://other");
        await Patience.UntilAsync(() => server.Subscriptions.Listens is [{ Uris.Count: 2 }], "the gateway listens");

        server.Subscriptions.Break();

        await AssertEverythingIsToldAsync(watcher, server);
    }

    [Fact]
    public async Task RefusalOfWhatWasFine_IsNotForEver()
    {
        await using var server = await FakeUpstream.StartAsync(Revision.V20260728, ChangingServer.Offer);
        await using var gateway = await GatewayHost.StartAsync(server.Config("s"));
        await using var watcher = await Watchers.OpenAsync(ClientKind.ModernHttp, gateway, ChangingServer.Watched, "test://other");
        await Patience.UntilAsync(() => server.Subscriptions.Listens is [{ Uris.Count: 2 }], "the gateway listens");
        var isRefused = true;
        server.OnHttp = (http, request) =>
        {
            if (request.Method != "subscriptions/listen" || !isRefused)
            {
                return Task.FromResult(false);
            }

            isRefused = false;
            http.Response.StatusCode = 404;
            return Task.FromResult(true);
        };

        server.Subscriptions.Break();

        await AssertEverythingIsToldAsync(watcher, server);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task LostConnection_IsTold_AndSubscribesAnew(ClientKind kind)
    {
        await using var server = await FakeUpstream.StartAsync(Revision.V20241105, ChangingServer.Offer, FakeFlavour.Sse);
        await using var gateway = await GatewayHost.StartAsync(server.Config("s"));
        await using var watcher = await Watchers.OpenAsync(kind, gateway, ChangingServer.Watched, "test://other");

        server.ForgetSessions();

        await AssertEverythingIsToldAsync(watcher, server);
    }

    [Theory]
    [InlineData("modern")]
    [InlineData("legacy")]
    public async Task RestartedProcess_IsTold_AndSubscribesAnew(string era)
    {
        await using var server = await ChangingServer.StartAsync(era == "modern" ? ServerKind.ModernStdio : ServerKind.LegacyStdio);
        await using var gateway = await GatewayHost.StartAsync(new HubConfig { Upstreams = [server.Config] });
        await using var watcher = await Watchers.OpenAsync(ClientKind.ModernHttp, gateway, ChangingServer.Watched);
        var stdio = (StdioTransportConfig)server.Config.Transport;

        // Other arguments, which mean the same, make it another process.
        await gateway.Runtime.ApplyAsync(
            new HubConfig { Upstreams = [server.Config with { Transport = stdio with { Args = [.. stdio.Args, "--era", era] } }] }, CancellationToken.None);

        var told = new HashSet<string>();
        while (told.Count < 4)
        {
            told.Add(Describe(await watcher.NextAsync()));
        }

        Assert.Equal(Everything.Where(e => !e.Contains("other", StringComparison.Ordinal)), told.Order());
        await server.TellAsync(gateway, "notifications/resources/updated");
        Assert.Equal("notifications/resources/updated " + ChangingServer.Watched, Describe(await watcher.NextAsync()));
    }

    [Fact]
    public async Task Filter_ChangesWithoutAGap()
    {
        await using var server = await FakeUpstream.StartAsync(Revision.V20260728, ChangingServer.Offer);
        await using var gateway = await GatewayHost.StartAsync(server.Config("s"));
        await server.UntilHeardAsync();
        await using var first = await Watchers.OpenAsync(ClientKind.ModernHttp, gateway, ChangingServer.Watched);
        await using var second = await Watchers.OpenAsync(ClientKind.LegacyStdio, gateway, ChangingServer.Watched, "test://other");
        await Patience.UntilAsync(() => server.Subscriptions.Listens.Count == 1, "the old listen is closed");

        // Lists alone; with the first resource; with the second. Never none.
        Assert.Equal(
            ["", ChangingServer.Watched, "test://other," + ChangingServer.Watched],
            server.Of("subscriptions/listen").Select(r => r.Params.GetProperty("notifications").TryGetProperty("resourceSubscriptions", out var uris)
                ? string.Join(',', uris.EnumerateArray().Select(u => u.GetString()).Order())
                : ""));

        await server.Subscriptions.TellAsync("notifications/resources/updated", "test://other");
        await server.Subscriptions.TellAsync("notifications/resources/updated", ChangingServer.Watched);
        Assert.Equal("notifications/resources/updated " + ChangingServer.Watched, Describe(await first.NextAsync()));
        Assert.Equal("notifications/resources/updated test://other", Describe(await second.NextAsync()));
        Assert.Equal("notifications/resources/updated " + ChangingServer.Watched, Describe(await second.NextAsync()));
    }

    private static async Task AssertEverythingIsToldAsync(IWatcher watcher, FakeUpstream server)
    {
        // Some of it may be told twice: the session is a new one, and so is its stream.
        var told = new HashSet<string>();
        while (told.Count < Everything.Length)
        {
            told.Add(Describe(await watcher.NextAsync()));
        }

        Assert.Equal(Everything, told.Order());
        await Patience.UntilAsync(() => server.Subscriptions.Uris.Count == 2, "both resources are subscribed to again");
        if (!server.Revision.IsModern() && server.HasGetStream)
        {
            await Patience.UntilAsync(() => server.Streams.Count == 1, "the gateway listens again");
        }

        await server.Subscriptions.TellAsync("notifications/resources/updated", "test://other/new");
        while (Describe(await watcher.NextAsync()) != "notifications/resources/updated test://other/new")
        {
        }
    }

    private static string Describe(System.Text.Json.JsonElement message) => message.GetProperty("method").GetString()
        + (message.TryGetProperty("params", out var parameters) && parameters.TryGetProperty("uri", out var uri) ? " " + uri.GetString() : "");
}
