using System.Net;
using System.Text.Json;
using McpHub.Auditing;
using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Security.Authentication;
using McpHub.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace McpHub.FunctionalTests.Auditing;

/// <summary>What is recorded of what clients do, in both eras and over both transports.</summary>
public sealed class AuditTests : IDisposable
{
    private readonly AuditRecords _records = new();

    public static TheoryData<string, AuditMode> Clients { get; } = new()
    {
        { Revision.V20251125.Text(), AuditMode.Relaxed },
        { Revision.V20251125.Text(), AuditMode.Durable },
        { Protocol.Revisions.Latest.Text(), AuditMode.Relaxed },
        { Protocol.Revisions.Latest.Text(), AuditMode.Durable },
    };

    public void Dispose() => _records.Dispose();

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task EachRequest_HasOneLineThatSaysWhatCameOfIt(string text, AuditMode mode)
    {
        Assert.True(Protocol.Revisions.TryParse(text, out var revision));
        string? session;
        await using (var server = await FakeUpstream.StartAsync(Protocol.Revisions.Latest, FakeOffer.OfTools("fine", "fails", "refuses"), setUp: f => f
            .OnTool("fine", x => x.TextAsync("yes"))
            .OnTool("fails", """{"resultType":"complete","content":[],"isError":true}""")
            .OnTool("refuses", x => x.ErrorAsync(-32099, "no"))))
        await using (var gateway = await StartAsync(new AuditConfig { Mode = mode }, server.Config("srv")))
        {
            var client = await McpClient.ConnectAsync(gateway, revision);
            session = client.SessionId;
            await client.CallAsync("srv_fine", """{"password":"hunter2"}""", revision.IsModern() ? """
                "io.modelcontextprotocol/clientInfo":{"name":"tester","version":"1"},"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
                """ : "");
            await client.CallAsync("srv_fails");
            await client.CallAsync("srv_refuses");
            await client.CallAsync("srv_nothing");
            await client.RequestAsync("tools/list");
            await client.NotifyAsync("notifications/cancelled", """{"requestId":99}""");
        }

        Assert.Empty(_records.Problems());
        var fine = Assert.Single(_records.OfTarget("srv_fine"));
        Assert.Equal(("request", "anonymous", "tcp", text), (Text(fine, "event"), Text(fine, "caller"), Text(fine, "transport"), Text(fine, "revision")));
        Assert.Equal(("tools/call", "srv", "ok"), (Text(fine, "method"), Text(fine, "server"), Text(fine, "outcome")));
        Assert.True(fine.GetProperty("bytes_in").GetInt32() > 50 && fine.GetProperty("bytes_out").GetInt32() > 10 && fine.GetProperty("duration_us").GetInt64() > 0);
        Assert.True(fine.GetProperty("time").GetDateTimeOffset() > DateTimeOffset.UnixEpoch);
        Assert.False(fine.TryGetProperty("arguments", out _));
        if (revision.IsModern())
        {
            Assert.Equal(("tester", "0af7651916cd43dd8448eb211c80319c"), (Text(fine, "client"), Text(fine, "trace")));
        }
        else
        {
            Assert.Equal("test", Text(_records.OfTarget("initialize").Single(), "client"));
            Assert.Equal(16, Text(fine, "session")!.Length);
            Assert.DoesNotContain(_records.Lines(), line => line.Contains(session!, StringComparison.Ordinal));
        }

        Assert.Equal("tool_error", Text(Assert.Single(_records.OfTarget("srv_fails")), "outcome"));
        var refused = Assert.Single(_records.OfTarget("srv_refuses"));
        Assert.Equal(("error", "upstream", -32099), (Text(refused, "outcome"), Text(refused, "error"), refused.GetProperty("code").GetInt32()));
        var nothing = Assert.Single(_records.OfTarget("srv_nothing"));
        Assert.Equal(("error", "-32602"), (Text(nothing, "outcome"), Text(nothing, "error")));
        Assert.Single(_records.OfTarget("tools/list"));
        Assert.Empty(_records.OfTarget("notifications/cancelled"));
        Assert.DoesNotContain(_records.Lines(), line => line.Contains("hunter2", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(AuditMode.Relaxed)]
    [InlineData(AuditMode.Durable)]
    public async Task StdioRequests_AreRecordedLikeAnyOther(AuditMode mode)
    {
        await using (var gateway = await StartAsync(new AuditConfig { Mode = mode }))
        await using (var client = gateway.OpenStdio())
        {
            await client.InitializeAsync();
            await client.AskAsync(Rpc.Request("1", "tools/call", Rpc.Call("hub_echo", """{"message":"x"}""")));
            await client.AskAsync(Rpc.Request("2", "tools/call", Rpc.Call("hub_echo", """{"message":"x"}""", McpClient.ModernKeys)));
        }

        Assert.Empty(_records.Problems());
        Assert.Equal(
            [("pipe", "2025-11-25"), ("pipe", "2026-07-28")], _records.OfTarget("hub_echo").Select(r => (Text(r, "transport")!, Text(r, "revision")!)));
    }

    [Fact]
    public async Task Listening_TakesNoRoom_UntilItEnds()
    {
        await using (var gateway = await StartAsync(new AuditConfig { Queue = 2, WhenFull = AuditOverflow.Wait }))
        {
            var client = await McpClient.ConnectAsync(gateway, Protocol.Revisions.Latest);
            var listening = new List<HttpResponseMessage>();
            for (var i = 0; i < 3; i++)
            {
                using var request = client.Request("subscriptions/listen", """{"notifications":{"toolsListChanged":true}}""");
                listening.Add(await gateway.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken));
            }

            Assert.Equal("x", (await client.CallAsync("hub_echo", """{"message":"x"}""")).Text);
            listening.ForEach(l => l.Dispose());
        }

        Assert.Empty(_records.Problems());
        Assert.Equal(3, _records.OfTarget("subscriptions/listen").Count);
    }

    [Fact]
    public async Task RequestOverALimit_IsRecordedAsDenied()
    {
        var limit = new LimitRuleConfig { Per = LimitScope.Global, Kind = LimitKind.SlidingWindow, Permits = 1, Every = TimeSpan.FromHours(1), Tools = ["hub_echo"] };
        await using (var gateway = await GatewayHost.StartAsync(new HubConfig
        {
            Gateway = new GatewayConfig { Audit = Audit(new AuditConfig()), Limits = new LimitsConfig { Rules = [limit] } },
        }))
        {
            var client = await McpClient.ConnectAsync(gateway, Protocol.Revisions.Latest);
            await client.CallAsync("hub_echo", """{"message":"x"}""");
            await client.CallAsync("hub_echo", """{"message":"x"}""");
        }

        Assert.Equal([("ok", null), ("denied", "rate_limited")], _records.OfTarget("hub_echo").Select(r => (Text(r, "outcome"), Text(r, "error"))));
    }

    [Theory]
    [InlineData(AuditMode.Relaxed)]
    [InlineData(AuditMode.Durable)]
    public async Task Initialize_ThatGetsNoSession_IsRecordedAsItWasAnswered(AuditMode mode)
    {
        await using (var gateway = await GatewayHost.StartAsync(new HubConfig
        {
            Gateway = new GatewayConfig { Audit = Audit(new AuditConfig { Mode = mode }), Sessions = new SessionsConfig { Max = 1 } },
        }))
        {
            var client = McpClient.Unconnected(gateway, Revision.V20251125);
            var first = await client.PostAsync(Rpc.Initialize("1", "2025-11-25", "{}"));
            var second = await client.PostAsync(Rpc.Initialize("2", "2025-11-25", "{}"));
            Assert.Equal((200, 503, -31001), (first.Status, second.Status, second.Code));
            Assert.False(second.Headers.ContainsKey("Mcp-Session-Id"));

            client.SessionId = first.Headers["Mcp-Session-Id"];
            await client.DeleteAsync();
            Assert.Equal(0, gateway.Sessions.Count);
        }

        Assert.Equal(
            [("ok", null), ("error", "too_many_sessions")], _records.OfTarget("initialize").Select(r => (Text(r, "outcome"), Text(r, "error"))));
    }

    [Fact]
    public async Task Arguments_AreRecordedWhereConfigured_WithoutSecrets()
    {
        await using (var server = await FakeUpstream.StartAsync(Protocol.Revisions.Latest, FakeOffer.OfTools("one", "two"), setUp: f => f
            .OnTool("one", x => x.TextAsync("yes")).OnTool("two", x => x.TextAsync("yes"))))
        await using (var gateway = await StartAsync(new AuditConfig { Arguments = ["srv_one"], RedactNames = ["customer"] }, server.Config("srv")))
        {
            var client = await McpClient.ConnectAsync(gateway, Protocol.Revisions.Latest);
            await client.CallAsync("srv_one", """{"path":"/a","apiKey":"canary-1","customerId":"canary-2","note":"Bearer canary-3"}""");
            await client.CallAsync("srv_two", """{"path":"canary-4"}""");
            await client.CallAsync("srv_one", $$"""{"path":"{{new string('x', 9000)}}canary-5"}""");
        }

        var ones = _records.OfTarget("srv_one");
        Assert.Equal("""{"path":"/a","apiKey":"***","customerId":"***","note":"***"}""", ones[0].GetProperty("arguments").GetRawText());
        Assert.True(ones[1].GetProperty("arguments_too_large").GetInt32() > 9000);
        Assert.False(_records.OfTarget("srv_two").Single().TryGetProperty("arguments", out _));
        Assert.DoesNotContain(_records.Lines(), line => line.Contains("canary", StringComparison.Ordinal));
        Assert.Empty(_records.Problems());
    }

    [Fact]
    public async Task SignInsAndReloads_AreRecorded()
    {
        await using (var gateway = await StartAsync(new AuditConfig()))
        {
            var log = gateway.Services.GetRequiredService<IAuditLog>();
            log.SignIn(new AuditSignIn("https://issuer|ann", "jwt", "") { Client = "agent", Issuer = "https://issuer", Address = IPAddress.Parse("::ffff:10.1.2.3") });
            await gateway.Runtime.ApplyAsync(
                new HubConfig { Gateway = new GatewayConfig { Audit = Audit(new AuditConfig()), PageSize = 7 } }, CancellationToken.None);
        }

        var signIn = Assert.Single(_records.Of("sign_in"));
        Assert.Equal(
            ("https://issuer|ann", "agent", "10.1.2.3", "ok"), (Text(signIn, "caller"), Text(signIn, "client"), Text(signIn, "address"), Text(signIn, "outcome")));
        Assert.Equal("~ gateway.pageSize: 1000 -> 7", Text(Assert.Single(_records.Of("configuration")), "what"));
    }

    [Fact]
    public async Task Credentials_AreRecordedWithTheAddressThatTheyCameFrom()
    {
        var key = ApiKeys.NewKey("mhk_");
        await using (var gateway = await GatewayHost.StartAsync(new HubConfig
        {
            Gateway = new GatewayConfig
            {
                Audit = Audit(new AuditConfig()),
                Auth = new AuthConfig { Resource = "https://gw.example.com/mcp", ApiKeys = [new ApiKeyConfig { Name = "ann", Hash = ApiKeys.HashOf(key) }] },
            },
        }))
        {
            await McpClient.ConnectAsync(gateway, Protocol.Revisions.Latest, token: key);
            await McpClient.ConnectAsync(gateway, Protocol.Revisions.Latest, token: key);
            await McpClient.Unconnected(gateway, Protocol.Revisions.Latest).RequestAsync("server/discover");
            await McpClient.Unconnected(gateway, Protocol.Revisions.Latest, ApiKeys.NewKey("mhk_")).RequestAsync("server/discover");
        }

        Assert.Equal(
            [("ok", "127.0.0.1", null), ("denied", "127.0.0.1", "missing"), ("denied", "127.0.0.1", "api_key")],
            _records.Of("sign_in").Select(r => (Text(r, "outcome"), Text(r, "address"), Text(r, "reason"))));
    }

    [Fact]
    public async Task NothingIsWritten_WhenItIsOff()
    {
        await using (var gateway = await GatewayHost.StartAsync(new HubConfig { Gateway = new GatewayConfig { Audit = new AuditConfig { Path = _records.Folder } } }))
        {
            await gateway.StillServesAsync();
        }

        Assert.Empty(Directory.GetFiles(_records.Folder));
    }

    private static string? Text(JsonElement record, string name) => AuditRecords.Text(record, name);

    private AuditConfig Audit(AuditConfig audit) => audit with { Enabled = true, Path = _records.Folder };

    private Task<GatewayHost> StartAsync(AuditConfig audit, params UpstreamConfig[] upstreams) =>
        GatewayHost.StartAsync(new HubConfig { Upstreams = upstreams, Gateway = new GatewayConfig { Audit = Audit(audit) } });
}
