using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Testing;
using McpHub.Upstreams;
using Microsoft.AspNetCore.Http;

namespace McpHub.FunctionalTests.Chaos;

/// <summary>What the gateway makes of each answer to its probe, over HTTP and stdio.</summary>
public sealed class ProbeTests
{
    private static readonly GatewayConfig Quick = new()
    {
        Timeouts = new TimeoutsConfig { Probe = TimeSpan.FromMilliseconds(300), Start = TimeSpan.FromSeconds(20) },
    };

    /// <summary>HTTP status, body of the answer to <c>server/discover</c>, and the revision of the handshake that follows; "" for none.</summary>
    public static TheoryData<int, string, string> LegacyAnswers { get; } = new()
    {
        { 200, """{"jsonrpc":"2.0","id":ID,"result":{"supportedVersions":["2025-06-18","2025-11-25"],"capabilities":{}}}""", "2025-11-25" },
        { 200, """{"jsonrpc":"2.0","id":ID,"result":{"supportedVersions":["2030-01-01"],"capabilities":{}}}""", "2025-11-25" },
        { 200, """{"jsonrpc":"2.0","id":ID,"result":{}}""", "2025-11-25" },
        { 200, Error(-32022, """{"supported":["2025-06-18"],"requested":"2026-07-28"}"""), "2025-06-18" },
        { 400, Error(-32022, """{"supported":["2024-11-05","2025-03-26"]}"""), "2025-03-26" },
        { 400, Error(-32022, "{}"), "2025-11-25" },
        { 400, Error(-32022, """{"supported":["2026-07-28","2025-06-18"]}"""), "2025-06-18" },
        { 200, Error(-32601), "2025-11-25" },
        { 404, Error(-32601), "2025-11-25" },
        { 200, Error(-32602), "2025-11-25" },
        { 400, Error(-32600), "2025-11-25" },
        { 400, Error(-32000), "2025-11-25" },
        { 200, Error(-32001), "2025-11-25" },
        { 200, Error(12345), "2025-11-25" },
        { 400, """{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"Bad Request: Server not initialized"}}""", "2025-11-25" },
        { 400, """{"jsonrpc":"2.0","id":"server-error","error":{"code":-32600,"message":"Missing session ID"}}""", "2025-11-25" },
        { 400, "", "2025-11-25" },
        { 404, "", "2025-11-25" },
        { 405, "<html>", "2025-11-25" },
        { 406, "", "2025-11-25" },
        { 415, "no", "2025-11-25" },
    };

    /// <summary>HTTP status, body and what the state says; there must be no handshake.</summary>
    public static TheoryData<int, string, string> Refusals { get; } = new()
    {
        { 400, Error(-32021, """{"requiredCapabilities":{"sampling":{}}}"""), "because" },
        { 400, Error(-32020), "because" },
        { 400, Error(-32022, """{"supported":["2031-01-01"]}"""), "speaks only 2031-01-01" },
        { 400, Error(-32022, """{"supported":["2026-07-28"]}"""), "refuses the revision 2026-07-28, which it lists" },
        { 401, "", "credentials" },
        { 403, "", "credentials" },
        { 401, Error(-32001), "credentials" },
        { 500, "oops", "500" },
        { 502, "", "502" },
        { 503, "", "503" },
        { 301, "", "http://elsewhere.example/mcp" },
        { 307, "", "http://elsewhere.example/mcp" },
        { 200, "garbage", "not" },
        { -1, "", "broke" },
        { -2, "", "did not answer" },
    };

    [Theory]
    [MemberData(nameof(LegacyAnswers))]
    public async Task Server_IsALegacyOne_WhenItsAnswerSaysSo(int status, string body, string revision)
    {
        await using var fake = await FakeUpstream.StartAsync(Revision.V20251125, setUp: f => f.OnHttp = Script(status, body));
        await using var gateway = await GatewayHost.StartAsync(fake.Config("s"));

        Assert.Equal(UpstreamStatus.Ready, gateway.Upstream("s").State.Status);
        Assert.Equal(Revision.V20251125, gateway.Upstream("s").State.Revision);
        Assert.Equal(revision, fake.Of("initialize").Single().Params.GetProperty("protocolVersion").GetString());
        Assert.Single(fake.Of("notifications/initialized"));
        await gateway.StillServesAsync();
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Server_IsDownWithItsReason_WhenItsAnswerIsNoEvidence(int status, string body, string reason)
    {
        await using var fake = await FakeUpstream.StartAsync(Revision.V20251125, setUp: f => f.OnHttp = Script(status, body));
        var settings = new GatewayConfig();
        if (status == -2)
        {
            // Long enough for the other server, which has to answer its probe within it.
            settings = settings with { Timeouts = new TimeoutsConfig { Probe = TimeSpan.FromSeconds(3) } };
        }

        await using var pair = await ChaosPair.StartAsync(fake.Config("bad"), settings, new FakeTimeProvider());

        var state = pair.Gateway.Upstream("bad").State;

        Assert.Equal(UpstreamStatus.Down, state.Status);
        Assert.Contains(reason, state.Reason, StringComparison.Ordinal);
        Assert.Empty(fake.Of("initialize"));
        var listed = (await pair.Client.CallAsync("hub_list_servers")).Result.GetProperty("structuredContent").GetProperty("servers")[0];
        Assert.Equal(("down", state.Reason), (listed.GetProperty("status").GetString(), listed.GetProperty("reason").GetString()));
        Assert.Contains(pair.Gateway.Log.Lines, l => l.Contains("bad is down", StringComparison.Ordinal) && l.Contains(reason, StringComparison.Ordinal));
        await pair.OthersStillServeAsync();
    }

    [Theory]
    [InlineData("text/event-stream")]
    [InlineData("application/json")]
    public async Task Server_IsAModernOne_WhenItAnswersTheProbe(string type)
    {
        await using var fake = await FakeUpstream.StartAsync(Revision.V20260728, setUp: f =>
        {
            if (type != "application/json")
            {
                f.On("server/discover", x => x.SendAsync(Rpc.Result(
                    x.Request.Id, """{"resultType":"complete","supportedVersions":["2025-11-25","2026-07-28"],"capabilities":{"tools":{}},"ttlMs":0,"cacheScope":"public","serverInfo":{"name":"rc","version":"0"}}""")));
            }
        });
        await using var gateway = await GatewayHost.StartAsync(fake.Config("s"));

        Assert.Equal((UpstreamStatus.Ready, Revision.V20260728), (gateway.Upstream("s").State.Status, gateway.Upstream("s").State.Revision));
        Assert.Empty(fake.Of("initialize"));
        var probe = fake.Of("server/discover").Single();
        Assert.Equal(("2026-07-28", "server/discover"), (probe.Header("MCP-Protocol-Version"), probe.Header("Mcp-Method")));
        Assert.Equal("2026-07-28", probe.Meta("io.modelcontextprotocol/protocolVersion").GetString());
        Assert.Equal("{}", probe.Meta("io.modelcontextprotocol/clientCapabilities").GetRawText());
    }

    [Fact]
    public async Task Server_IsAskedOnceMore_WhenItRefusesTheRevisionThatItLists()
    {
        var refusal = Script(400, Error(-32022, """{"supported":["2026-07-28"],"requested":"2026-07-28"}"""));
        var refusals = 0;
        await using var fake = await FakeUpstream.StartAsync(Revision.V20260728, setUp: f => f.OnHttp = (http, request) =>
            request.Method == "server/discover" && Interlocked.Increment(ref refusals) == 1 ? refusal(http, request) : Task.FromResult(false));
        await using var gateway = await GatewayHost.StartAsync(fake.Config("s"));

        Assert.Equal((UpstreamStatus.Ready, Revision.V20260728), (gateway.Upstream("s").State.Status, gateway.Upstream("s").State.Revision));
        Assert.Equal(2, fake.Of("server/discover").Count);
        Assert.Empty(fake.Of("initialize"));
    }

    [Theory]
    [InlineData("2024-11-05")]
    [InlineData("2025-03-26")]
    [InlineData("2025-06-18")]
    public async Task Server_ChoosesTheRevision_InTheHandshake(string revision)
    {
        Assert.True(Protocol.Revisions.TryParse(revision, out var parsed));
        await using var fake = await FakeUpstream.StartAsync(parsed);
        await using var gateway = await GatewayHost.StartAsync(fake.Config("s"));

        Assert.Equal(parsed, gateway.Upstream("s").State.Revision);
        Assert.Equal("2025-11-25", fake.Of("initialize").Single().Params.GetProperty("protocolVersion").GetString());
        var later = fake.Of("tools/list").Single();
        Assert.Equal(parsed >= Revision.V20250618 ? revision : null, later.Header("MCP-Protocol-Version"));
        Assert.NotNull(later.Header("Mcp-Session-Id"));
        Assert.Null(later.Header("Mcp-Method"));
    }

    [Theory]
    [InlineData("2026-07-28")]
    [InlineData("1999-09-09")]
    [InlineData("")]
    public async Task Server_IsRefused_WhenItChoosesARevisionThatNobodyKnows(string revision)
    {
        await using var fake = await FakeUpstream.StartAsync(Revision.V20251125, setUp: f => f.On(
            "initialize", x => x.ResultAsync("{\"protocolVersion\":\"" + revision + "\",\"capabilities\":{},\"serverInfo\":{\"name\":\"x\",\"version\":\"1\"}}")));
        await using var pair = await ChaosPair.StartAsync(fake.Config("bad"), time: new FakeTimeProvider());

        Assert.Contains($"'{revision}'", pair.Gateway.Upstream("bad").State.Reason, StringComparison.Ordinal);
        await pair.OthersStillServeAsync();
    }

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(405)]
    public async Task Transport_IsHttpWithSse_WhenPostsAreRefused(int status)
    {
        await using var fake = await FakeUpstream.StartAsync(Revision.V20241105, flavour: FakeFlavour.Sse, setUp: f => f.OnHttp = (http, request) =>
        {
            var isRefused = http.Request.Path == "/sse" && request.HttpMethod == "POST";
            http.Response.StatusCode = isRefused ? status : 200;
            return Task.FromResult(isRefused);
        });
        await using var gateway = await GatewayHost.StartAsync(fake.Config("s"));
        var client = await McpClient.ConnectAsync(gateway, Protocol.Revisions.Latest);

        Assert.Equal(Revision.V20241105, gateway.Upstream("s").State.Revision);
        Assert.Equal("echo", (await client.CallAsync("s_echo")).Text);
    }

    [Fact]
    public async Task Transport_IsNotTriedAgain_WhenConfigured()
    {
        await using var fake = await FakeUpstream.StartAsync(Revision.V20241105, flavour: FakeFlavour.Sse);
        await using var sse = await GatewayHost.StartAsync(new UpstreamConfig
        {
            Name = "s",
            Transport = new HttpTransportConfig { Url = fake.Url, Flavour = HttpFlavour.Sse },
        });
        Assert.Equal(UpstreamStatus.Ready, sse.Upstream("s").State.Status);
        Assert.DoesNotContain(fake.Requests, r => r.Method == "server/discover");

        await using var streamable = await GatewayHost.StartAsync(new UpstreamConfig
        {
            Name = "s",
            Transport = new HttpTransportConfig { Url = fake.Url, Flavour = HttpFlavour.Streamable },
        });
        Assert.Contains("405", streamable.Upstream("s").State.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("event: endpoint\ndata: http://evil.example/message\n\n", "another origin")]
    [InlineData("event: endpoint\ndata: //evil.example/message\n\n", "another origin")]
    [InlineData("event: message\ndata: {}\n\n", "closed")]
    [InlineData("", "closed")]
    public async Task Transport_IsRefused_WhenTheSseEndpointIsNone(string events, string reason)
    {
        await using var fake = await FakeUpstream.StartAsync(Revision.V20241105, flavour: FakeFlavour.Sse, setUp: f => f.OnHttp = async (http, request) =>
        {
            if (request.HttpMethod != "GET")
            {
                return false;
            }

            http.Response.ContentType = "text/event-stream";
            await http.Response.WriteAsync(events);
            return true;
        });
        await using var pair = await ChaosPair.StartAsync(
            new UpstreamConfig { Name = "bad", Transport = new HttpTransportConfig { Url = fake.Url, Flavour = HttpFlavour.Sse } }, time: new FakeTimeProvider());

        Assert.Contains(reason, pair.Gateway.Upstream("bad").State.Reason, StringComparison.Ordinal);
        await pair.OthersStillServeAsync();
    }

    [Theory]
    [InlineData("legacy", "2025-11-25", 1)]
    [InlineData("modern", "2026-07-28", 1)]
    [InlineData("silent-probe", "2025-11-25", 1)]
    [InlineData("exit-at-probe", "2025-11-25", 2)]
    public async Task StdioServer_IsOfTheEraThatItsBehaviourShows(string mode, string revision, int starts)
    {
        var record = Path.GetTempFileName();

        // Where an answer counts, a process that has only just been started has to give it.
        var settings = mode == "silent-probe" ? Quick : new GatewayConfig();
        await using var gateway = await GatewayHost.StartAsync(new HubConfig { Upstreams = [StdioUpstreams.Config("s", mode, record)], Gateway = settings });
        var client = await McpClient.ConnectAsync(gateway, Protocol.Revisions.Latest);

        Assert.Equal(revision, gateway.Upstream("s").State.Revision?.Text());
        Assert.Equal("""{"a":1.0}""", (await client.CallAsync("s_echo", """{"a":1.0}""")).Text);
        var lines = StdioUpstreams.ReadRecord(record);
        Assert.Equal(1, lines.Count(l => l.Contains("server/discover", StringComparison.Ordinal)));
        Assert.Equal(mode == "modern" ? 0 : 1, lines.Count(l => l.Contains("\"initialize\"", StringComparison.Ordinal)));
        Assert.Contains(gateway.Log.Lines, l => l.Contains("s is ready", StringComparison.Ordinal));
        Assert.Equal(starts - 1, lines.Count(l => l.Contains("server/discover", StringComparison.Ordinal)) - 1 + (mode == "exit-at-probe" ? 1 : 0));
        StdioUpstreams.DeleteRecord(record);
    }

    [Theory]
    [InlineData("silent", "did not start")]
    [InlineData("no-such-program", "not found")]
    public async Task StdioServer_IsDownWithItsReason_WhenItNeverAnswers(string mode, string reason)
    {
        var config = StdioUpstreams.Config("bad", mode);
        await using var pair = await ChaosPair.StartAsync(
            mode == "silent" ? config : config with { Transport = new StdioTransportConfig { Command = "no-such-program-anywhere" } },
            mode == "silent" ? new GatewayConfig { Timeouts = new TimeoutsConfig { Start = TimeSpan.FromSeconds(5) } } : null);

        Assert.Contains(reason, pair.Gateway.Upstream("bad").State.Reason, StringComparison.Ordinal);
        await pair.OthersStillServeAsync();
    }

    private static string Error(int code, string data = "null") =>
        "{\"jsonrpc\":\"2.0\",\"id\":ID,\"error\":{\"code\":" + code + ",\"message\":\"because\"" + (data == "null" ? "" : ",\"data\":" + data) + "}}";

    private static Func<HttpContext, FakeRequest, Task<bool>> Script(int status, string body) => async (http, request) =>
    {
        if (request.Method != "server/discover")
        {
            return false;
        }

        switch (status)
        {
            case -1:
                http.Abort();
                return true;
            case -2:
                await Task.Delay(Timeout.Infinite, http.RequestAborted);
                return true;
        }

        http.Response.StatusCode = status;
        http.Response.ContentType = body.StartsWith('{') ? "application/json" : "text/plain";
        http.Response.Headers.Location = "http://elsewhere.example/mcp";
        await http.Response.WriteAsync(body.Replace("ID", request.Id, StringComparison.Ordinal));
        return true;
    };
}
