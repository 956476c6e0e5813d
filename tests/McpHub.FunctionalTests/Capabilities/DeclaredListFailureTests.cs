using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Testing;
using Microsoft.AspNetCore.Http;
using static McpHub.FunctionalTests.Capabilities.ListingClient;

namespace McpHub.FunctionalTests.Capabilities;

/// <summary>Servers that are slow, or fail, to say what they list for clients with certain capabilities.</summary>
public sealed class DeclaredListFailureTests
{
    [Fact]
    public async Task Lists_ThatServersAreSlowToGive_AreToldOfAsAChange_ToThoseWhoSeeThem()
    {
        await using var upstream = await DeclaringServer.StartAsync(Revision.V20260728);
        var isReleased = Hold(upstream);
        await using var gateway = await StartAsync(upstream.Config("s"));
        var nobody = await ConnectAsync(gateway, "2026-07-28", "{}");
        var sampler = await ConnectAsync(gateway, "2026-07-28", DeclaringServer.Sampling);
        using var told = await MessageStream.ListenAsync(sampler, """{"toolsListChanged":true}""");
        using var untold = await MessageStream.ListenAsync(nobody, """{"toolsListChanged":true,"promptsListChanged":true}""");
        await told.ReadAsync();
        await untold.ReadAsync();
        Assert.Equal(["s_plain"], await ToolsAsync(sampler));

        isReleased.SetResult();

        Assert.Equal("notifications/tools/list_changed", (await told.ReadAsync()).GetProperty("method").GetString());
        Assert.Equal(["s_sample", "s_plain"], await ToolsAsync(sampler));
        await upstream.UntilHeardAsync();
        await upstream.Subscriptions.TellAsync("notifications/prompts/list_changed");
        Assert.Equal("notifications/prompts/list_changed", (await untold.ReadAsync()).GetProperty("method").GetString());
    }

    [Fact]
    public async Task Failure_ToList_LeavesWhatAllSee_AndIsTriedAgain()
    {
        var time = new FakeTimeProvider();
        await using var upstream = await DeclaringServer.StartAsync(Revision.V20260728);
        var isBroken = true;
        upstream.OnHttp = (http, request) =>
        {
            var isRefused = isBroken && IsForSome(request);
            http.Response.StatusCode = isRefused ? 500 : 200;
            return Task.FromResult(isRefused);
        };
        await using var gateway = await StartAsync(upstream.Config("s"), time);
        var sampler = await ConnectAsync(gateway, "2026-07-28", DeclaringServer.Sampling);
        Assert.Equal(["s_plain"], await ToolsAsync(sampler));
        await Patience.UntilAsync(() => time.HasTimer(TimeSpan.FromSeconds(30)), "it is to be tried again");

        isBroken = false;
        time.Advance(TimeSpan.FromSeconds(30));

        await UntilListedAsync(sampler, "s_sample", "s_plain");
        Assert.Empty(gateway.Log.Faults);
    }

    [Fact]
    public async Task Error_OfAList_DoesNotDecideThatAllSeeTheSame()
    {
        var time = new FakeTimeProvider();
        await using var upstream = await DeclaringServer.StartAsync(Revision.V20260728);
        var isBroken = true;
        upstream.OnHttp = (http, request) => RefuseAsync(http, request, isBroken);
        await using var gateway = await StartAsync(upstream.Config("s"), time);
        var sampler = await ConnectAsync(gateway, "2026-07-28", DeclaringServer.Sampling);
        Assert.Equal(["s_plain"], await ToolsAsync(sampler));
        await Patience.UntilAsync(() => time.HasTimer(TimeSpan.FromSeconds(30)), "it is to be tried again");

        isBroken = false;
        time.Advance(TimeSpan.FromSeconds(30));

        await UntilListedAsync(sampler, "s_sample", "s_plain");
    }

    [Fact]
    public async Task Error_OfAList_LeavesTheClientWhatItSaw()
    {
        var time = new FakeTimeProvider();
        await using var upstream = await DeclaringServer.StartAsync(Revision.V20260728);
        var isBroken = false;
        upstream.OnHttp = (http, request) => RefuseAsync(http, request, isBroken);
        await using var gateway = await StartAsync(upstream.Config("s"), time);
        await upstream.UntilHeardAsync();
        var nobody = await ConnectAsync(gateway, "2026-07-28", "{}");
        var sampler = await ConnectAsync(gateway, "2026-07-28", DeclaringServer.Sampling);
        await UntilListedAsync(sampler, "s_sample", "s_plain");

        isBroken = true;
        upstream.Offer = DeclaringServer.Offer("plain", "more");
        upstream.OfferBy = declared => declared.TryGetProperty("sampling", out _) ? DeclaringServer.Offer("new", "plain") : null;
        await upstream.Subscriptions.TellAsync("notifications/tools/list_changed");
        await UntilListedAsync(nobody, "s_plain", "s_more");
        await Patience.UntilAsync(() => time.HasTimer(TimeSpan.FromSeconds(30)), "it is to be tried again");
        Assert.Equal(["s_sample", "s_plain"], await ToolsAsync(sampler));

        isBroken = false;
        time.Advance(TimeSpan.FromSeconds(30));
        await UntilListedAsync(sampler, "s_new", "s_plain");
    }

    [Fact]
    public async Task Failure_ForSomeCapabilities_HoldsUpNoOthers()
    {
        await using var upstream = await DeclaringServer.StartAsync(Revision.V20260728);
        upstream.OnHttp = (http, request) =>
        {
            // Those that can do everything are among them.
            var isRefused = request.Method == "tools/list" && request.Meta("io.modelcontextprotocol/clientCapabilities").TryGetProperty("roots", out _);
            http.Response.StatusCode = isRefused ? 500 : 200;
            return Task.FromResult(isRefused);
        };
        await using var gateway = await StartAsync(upstream.Config("s"));
        var rooted = await ConnectAsync(gateway, "2026-07-28", """{"roots":{}}""");
        Assert.Equal(["s_plain"], await ToolsAsync(rooted));
        var sampler = await ConnectAsync(gateway, "2026-07-28", DeclaringServer.Sampling);

        await UntilListedAsync(sampler, "s_sample", "s_plain");

        Assert.Equal(["s_plain"], await ToolsAsync(rooted));
        Assert.Empty(gateway.Log.Faults);
    }

    [Fact]
    public async Task Client_WaitsOnce_ForAServerThatDoesNotAnswer()
    {
        var time = new FakeTimeProvider();
        await using var upstream = await DeclaringServer.StartAsync(Revision.V20260728);
        var isReleased = Hold(upstream);
        await using var gateway = await StartAsync(upstream.Config("s"), time);
        var sampler = await ConnectAsync(gateway, "2026-07-28", DeclaringServer.Sampling);
        var first = ToolsAsync(sampler);
        await Patience.UntilAsync(() => time.HasTimer(TimeSpan.FromSeconds(2)), "the list waits");
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(["s_plain"], await first);

        // The clock stands still: whoever waits, waits for ever.
        Assert.Equal(["s_plain"], await ToolsAsync(sampler).WithinLimitAsync("the list"));
        isReleased.SetResult();
        await UntilListedAsync(sampler, "s_sample", "s_plain");
    }

    /// <summary>Has the server answer no list for clients with capabilities before the one who gets this says so.</summary>
    private static TaskCompletionSource Hold(FakeUpstream upstream)
    {
        var isReleased = new TaskCompletionSource();
        upstream.OnHttp = async (_, request) =>
        {
            if (IsForSome(request))
            {
                await isReleased.Task;
            }

            return false;
        };
        return isReleased;
    }

    /// <summary>Whether a request lists tools for clients with capabilities.</summary>
    private static bool IsForSome(FakeRequest request) =>
        request.Method == "tools/list" && request.Meta("io.modelcontextprotocol/clientCapabilities").GetRawText() != "{}";

    /// <summary>Answers lists for clients with capabilities with an error.</summary>
    private static async Task<bool> RefuseAsync(HttpContext http, FakeRequest request, bool isBroken)
    {
        if (!isBroken || !IsForSome(request))
        {
            return false;
        }

        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync("{\"jsonrpc\":\"2.0\",\"id\":" + request.Id + ",\"error\":{\"code\":-32603,\"message\":\"not now\"}}");
        return true;
    }

    private static Task<GatewayHost> StartAsync(UpstreamConfig upstream, TimeProvider? time = null) =>
        GatewayHost.StartAsync(new HubConfig { Upstreams = [upstream], Gateway = new GatewayConfig { BuiltInTools = false } }, time);
}
