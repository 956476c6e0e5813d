using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Testing;
using static McpHub.FunctionalTests.Capabilities.ListingClient;

namespace McpHub.FunctionalTests.Capabilities;

/// <summary>What servers list only for clients that declare certain capabilities.</summary>
public sealed class DeclaredListTests
{
    public static TheoryData<string, string> Eras { get; } = new MatrixTheoryData<string, string>(["2025-11-25", "2026-07-28"], ["2025-06-18", "2026-07-28"]);

    [Theory]
    [MemberData(nameof(Eras))]
    public async Task Lists_AreThoseForTheClient_AndItsCallsReachWhatTheyShow(string client, string server)
    {
        await using var upstream = await DeclaringServer.StartAsync(Parse(server));
        await using var gateway = await StartAsync(upstream.Config("s"));
        var nobody = await ConnectAsync(gateway, client, "{}");
        var sampler = await ConnectAsync(gateway, client, DeclaringServer.Sampling);
        Assert.Equal(["s_plain"], await ToolsAsync(nobody));

        await UntilListedAsync(sampler, "s_sample", "s_plain");

        Assert.Equal("sample", (await sampler.CallAsync("s_sample")).Text);
        Assert.Equal("plain", (await sampler.CallAsync("s_plain")).Text);
        Assert.Equal(["s_plain"], await ToolsAsync(nobody));
        var refused = await nobody.CallAsync("s_sample");
        Assert.Equal("Unknown tool: s_sample", refused.Error.GetProperty("message").GetString());
        Assert.DoesNotContain(upstream.Of("tools/call"), call => call.Tool == "view");
        Assert.Empty(gateway.Log.Faults);
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public async Task Apps_PassUntouched(string client, string server)
    {
        await using var upstream = await DeclaringServer.StartAsync(Parse(server));
        await using var gateway = await StartAsync(upstream.Config("s"));
        var viewer = await ConnectAsync(gateway, client, DeclaringServer.Apps);

        await UntilListedAsync(viewer, "s_plain", "s_view");

        var tool = (await viewer.RequestAsync("tools/list")).Result.GetProperty("tools")[1];
        Assert.Equal("""{"ui":{"resourceUri":"ui:\/\/w","visibility":["model","app"]},"x":1.0}""", tool.GetProperty("_meta").GetRawText());
        Assert.Equal(DeclaringServer.Widget, (await viewer.RequestAsync("resources/list")).Result.GetProperty("resources")[0].GetRawText());
        Assert.Equal(DeclaringServer.Contents, (await viewer.RequestAsync("resources/read", """{"uri":"ui://w"}""")).Result.GetProperty("contents")[0].GetRawText());
        Assert.Equal("view", (await viewer.CallAsync("s_view")).Text);
        Assert.Empty(gateway.Log.Faults);
    }

    [Fact]
    public async Task Session_WhereNothingCanBeAsked_IsShared_AlsoOnOneStream()
    {
        await using var upstream = await DeclaringServer.StartAsync(Revision.V20241105, FakeFlavour.Sse);
        var arrived = new SemaphoreSlim(0);
        var isReleased = new TaskCompletionSource();
        upstream.OnTool("view", async x =>
        {
            arrived.Release();
            await isReleased.Task;
            await x.TextAsync("view");
        });
        await using var gateway = await StartAsync(upstream.Config("s"));
        var viewers = new List<McpClient>();
        foreach (var revision in (string[])["2025-11-25", "2025-11-25", "2026-07-28", "2026-07-28"])
        {
            viewers.Add(await ConnectAsync(gateway, revision, DeclaringServer.Apps));
            await UntilListedAsync(viewers[^1], "s_plain", "s_view");
        }

        var calls = viewers.Select(v => v.CallAsync("s_view")).ToArray();
        foreach (var _ in calls)
        {
            Assert.True(await arrived.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken), "All four calls run at the same time.");
        }

        isReleased.SetResult();

        Assert.All(await Task.WhenAll(calls), a => Assert.Equal("view", a.Text));

        // The one that all share, the one that can do everything, and the viewers'.
        Assert.Equal(3, upstream.SessionsOpened);
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public async Task OrdinaryServer_IsAskedOnce_HoweverManyClientsDeclareWhatever(string client, string server)
    {
        await using var upstream = await FakeUpstream.StartAsync(Parse(server));
        await using var gateway = await StartAsync(upstream.Config("s"));
        foreach (var capabilities in (string[])["{}", DeclaringServer.Sampling, DeclaringServer.Apps, """{"roots":{}}""", """{"elicitation":{"url":{}}}"""])
        {
            var connected = await ConnectAsync(gateway, client, capabilities);
            for (var i = 0; i < 3; i++)
            {
                Assert.Equal(["s_echo"], await ToolsAsync(connected));
            }
        }

        Assert.Equal(2, upstream.Of("tools/list").Count);
    }

    [Theory]
    [InlineData("2025-11-25")]
    [InlineData("2026-07-28")]
    public async Task Change_OfWhatSomeSee_IsReadAgain(string server)
    {
        await using var upstream = await DeclaringServer.StartAsync(Parse(server));
        await using var gateway = await StartAsync(upstream.Config("s"));
        await upstream.UntilHeardAsync();
        var sampler = await ConnectAsync(gateway, "2025-11-25", DeclaringServer.Sampling);
        await UntilListedAsync(sampler, "s_sample", "s_plain");
        using var stream = await sampler.StreamAsync();

        upstream.OfferBy = declared => declared.TryGetProperty("sampling", out _) ? DeclaringServer.Offer("new", "plain") : null;
        await upstream.Subscriptions.TellAsync("notifications/tools/list_changed");

        await UntilListedAsync(sampler, "s_new", "s_plain");
        while (await stream.NextAsync() is { } next && !(next.Data?.Contains("tools/list_changed", StringComparison.Ordinal) ?? false))
        {
        }
    }

    [Fact]
    public async Task LegacyServer_IsNotAskedTwice_BecauseOfTasksThatItCannotKnow()
    {
        const string Tasks = "\"extensions\":{\"io.modelcontextprotocol/tasks\":{}}";
        await using var upstream = await DeclaringServer.StartAsync(Revision.V20251125);
        await using var gateway = await StartAsync(upstream.Config("s"));
        var tasked = await ConnectAsync(gateway, "2026-07-28", "{" + Tasks + "}");
        Assert.Equal(["s_plain"], await ToolsAsync(tasked));
        await Patience.UntilAsync(() => gateway.Catalog.Root.IsSettledFor(Catalog.ClientFeatures.Tasks), "it is settled");
        Assert.Equal(1, upstream.SessionsOpened);

        foreach (var capabilities in (string[])[DeclaringServer.Sampling, "{\"sampling\":{}," + Tasks + "}"])
        {
            await UntilListedAsync(await ConnectAsync(gateway, "2026-07-28", capabilities), "s_sample", "s_plain");
        }

        // The one that all share, the one that can do everything, and the samplers'.
        Assert.Equal(3, upstream.SessionsOpened);
    }

    [Fact]
    public async Task HeaderMismatch_IsMended_OfAToolThatOnlySomeSee()
    {
        await using var upstream = await DeclaringServer.StartAsync(Revision.V20260728);
        var header = "Region";
        upstream.OfferBy = declared => declared.TryGetProperty("sampling", out _) ? Of(header) : null;
        upstream.OnTool("sample", x => x.Request.Header("Mcp-Param-" + header) == "x" ? x.TextAsync("done") : x.ErrorAsync(-32020, "Header mismatch", status: 400));
        await using var gateway = await StartAsync(upstream.Config("s"));
        var sampler = await ConnectAsync(gateway, "2026-07-28", DeclaringServer.Sampling);
        await UntilListedAsync(sampler, "s_sample");

        header = "Zone";
        using var request = sampler.Request("tools/call", Rpc.Call("s_sample", """{"region":"x"}"""));
        request.Headers.Add("Mcp-Param-Region", "x");

        Assert.Equal("done", (await sampler.SendAsync(request, TestContext.Current.CancellationToken)).Text);
        Assert.Equal(2, upstream.Of("tools/call").Count);

        static FakeOffer Of(string header) => new()
        {
            Tools = ["{\"name\":\"sample\",\"inputSchema\":{\"type\":\"object\",\"properties\":{\"region\":{\"type\":\"string\",\"x-mcp-header\":\"" + header + "\"}}}}"],
        };
    }

    [Theory]
    [InlineData(PrefixMode.Always, "a_x", "b_x")]
    [InlineData(PrefixMode.Conflict, "a_x", "x")]
    [InlineData(PrefixMode.Never, "a_x", "x")]
    public async Task Name_IsTheSameForEverybody_AndWhatSomeSeeTakesNone(PrefixMode prefix, string some, string all)
    {
        await using var a = await FakeUpstream.StartAsync(Revision.V20260728, FakeOffer.OfTools("p"), setUp: f =>
            f.OfferBy = declared => declared.TryGetProperty("sampling", out _) ? FakeOffer.OfTools("x", "p") : null);
        await using var b = await FakeUpstream.StartAsync(Revision.V20251125, FakeOffer.OfTools("x", "q"));
        await using var gateway = await StartAsync(new NamingConfig { Prefix = prefix }, a.Config("a"), b.Config("b"));
        var nobody = await ConnectAsync(gateway, "2026-07-28", "{}");
        var before = await ToolsAsync(nobody);
        Assert.Contains(all, before);
        var sampler = await ConnectAsync(gateway, "2026-07-28", DeclaringServer.Sampling);

        await UntilListedAsync(sampler, [some, .. before]);

        Assert.Equal(before, await ToolsAsync(nobody));
        await sampler.CallAsync(some);
        Assert.Single(a.Of("tools/call"));
        await sampler.CallAsync(all);
        Assert.Single(b.Of("tools/call"));
    }

    [Fact]
    public async Task OwnEndpoint_OfAServer_ShowsTheSame_AndOneThatIsAwayHoldsNobodyUp()
    {
        await using var upstream = await DeclaringServer.StartAsync(Revision.V20251125);
        await using var gateway = await StartAsync(
            upstream.Config("s"), new UpstreamConfig { Name = "away", Transport = new StdioTransportConfig { Command = "no-such-program-anywhere" } });
        var sampler = await McpClient.ConnectAsync(gateway, Revision.V20251125, "s", DeclaringServer.Sampling);

        await UntilListedAsync(sampler, "sample", "plain");

        Assert.Equal("sample", (await sampler.CallAsync("sample")).Text);
        Assert.True(gateway.Catalog.Root.IsSettledFor(Catalog.ClientFeatures.Sampling));
    }

    private static Task<GatewayHost> StartAsync(params UpstreamConfig[] upstreams) => StartAsync(new NamingConfig(), upstreams);

    private static Task<GatewayHost> StartAsync(NamingConfig naming, params UpstreamConfig[] upstreams) => GatewayHost.StartAsync(
        new HubConfig { Upstreams = upstreams, Gateway = new GatewayConfig { BuiltInTools = false, Naming = naming } });
}
