using McpHub.Configuration;
using McpHub.FunctionalTests.Subscriptions;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Permissions;

/// <summary>What a policy changes for clients, beside which answer they get.</summary>
public sealed class PolicyTests : IAsyncLifetime
{
    private const string Updated = "notifications/resources/updated";

    private static readonly PolicyRuleConfig Deny = new() { Id = "no", Effect = PolicyEffect.Deny };

    private FakeUpstream _server = null!;
    private GatewayHost _gateway = null!;

    public static TheoryData<string> Revisions { get; } = ["2026-07-28", "2025-11-25"];

    public static TheoryData<ClientKind> Clients { get; } = [.. Enum.GetValues<ClientKind>()];

    public async ValueTask InitializeAsync()
    {
        _server = await FakeUpstream.StartAsync(Revision.V20260728, ChangingServer.Offer with
        {
            Tools =
            [
                """{"name":"echo","inputSchema":{"type":"object"}}""",
                """{"name":"zone","inputSchema":{"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"}}}}""",
            ],
        });
        _gateway = await GatewayHost.StartAsync(_server.Config("s"));
        await Patience.UntilAsync(() => _server.Subscriptions.Listens.Count == 1, "the gateway listens");
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        Assert.Empty(_gateway.Log.Faults);
        await _server.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Revisions))]
    public async Task ToolsCall_OfWhatIsDenied_IsAnsweredByteForByteAsTheUnknown(string revision)
    {
        await ApplyAsync(Deny with { Tools = ["s_*"] });
        var client = await McpClient.ConnectAsync(_gateway, Parse(revision));

        foreach (var tool in new[] { "s_echo", "s_zone" })
        {
            var denied = await client.CallAsync(tool, """{"region":"x"}""", id: "9");
            var unknown = await client.CallAsync("s_none", """{"region":"x"}""", id: "9");

            Assert.Equal(unknown.Body, denied.Body.Replace(tool, "s_none", StringComparison.Ordinal));
            Assert.Equal(unknown.Status, denied.Status);
        }

        Assert.Empty(_server.Of("tools/call"));
    }

    [Theory]
    [MemberData(nameof(Revisions))]
    public async Task ServersOwnEndpoint_DeniesWhatTheCommonOneDoes(string revision)
    {
        await ApplyAsync(Deny with { Tools = ["s_echo"], Resources = ["mcphub://s/test://other"] });
        var client = await McpClient.ConnectAsync(_gateway, Parse(revision), "s");

        Assert.NotEqual(0, (await client.CallAsync("echo")).Code);
        Assert.NotEqual(0, (await client.RequestAsync("resources/read", """{"uri":"test://other"}""")).Code);
        Assert.DoesNotContain("\"echo\"", (await client.RequestAsync("tools/list")).Body, StringComparison.Ordinal);
        Assert.Empty(_server.Of("resources/read"));
    }

    [Fact]
    public async Task Batch_IsDecidedMessageByMessage()
    {
        await ApplyAsync(Deny with { Tools = ["s_echo"] });
        var client = await McpClient.ConnectAsync(_gateway, Revision.V20250326);

        var answer = await client.PostAsync("[" + Rpc.Request("1", "tools/call", Rpc.Call("s_echo")) + "," + Rpc.Request("2", "tools/call", Rpc.Call("s_zone")) + "]");

        Assert.Contains("Unknown tool: s_echo", answer.Body, StringComparison.Ordinal);
        Assert.Equal("zone", Assert.Single(_server.Of("tools/call")).Tool);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Reload_OfThePolicy_IsToldToEveryClient(ClientKind kind)
    {
        await using var watcher = await Watchers.OpenAsync(kind, _gateway);

        await ApplyAsync(Deny with { Tools = ["s_echo"] });

        var told = new HashSet<string?>();
        while (told.Count < 3)
        {
            told.Add((await watcher.NextAsync()).GetProperty("method").GetString());
        }

        Assert.Equal(
            ["notifications/prompts/list_changed", "notifications/resources/list_changed", "notifications/tools/list_changed"], told.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Listen_LeavesOutWhatIsDenied()
    {
        await ApplyAsync(Deny with { Resources = ["test://other"] });
        var client = await McpClient.ConnectAsync(_gateway, Protocol.Revisions.Latest);

        using var stream = await MessageStream.ListenAsync(client, """{"resourceSubscriptions":["test://other","test://watched-resource"]}""");

        var acknowledged = await stream.ReadAsync();
        Assert.Equal(
            """{"resourceSubscriptions":["test://watched-resource"]}""", acknowledged.GetProperty("params").GetProperty("notifications").GetRawText());
    }

    [Fact]
    public async Task Subscribe_ToWhatIsDenied_IsAnsweredAsToTheUnknown()
    {
        await ApplyAsync(Deny with { Resources = ["test://other"] });
        var client = await McpClient.ConnectAsync(_gateway, Revision.V20251125);

        var answer = await client.RequestAsync("resources/subscribe", """{"uri":"test://other"}""");

        Assert.Equal(-32002, answer.Code);
        Assert.Equal("Resource not found: test://other", answer.Error.GetProperty("message").GetString());
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Subscription_IsSilent_OnceItsResourceIsDenied(ClientKind kind)
    {
        await using var watcher = await Watchers.OpenAsync(kind, _gateway, "test://other", ChangingServer.Watched);
        await ApplyAsync(Deny with { Resources = ["test://other"] });

        await _server.Subscriptions.TellAsync(Updated, "test://other");
        await _server.Subscriptions.TellAsync(Updated, ChangingServer.Watched);

        while (true)
        {
            var message = await watcher.NextAsync();
            if (message.GetProperty("method").GetString() == Updated)
            {
                Assert.Equal(ChangingServer.Watched, message.GetProperty("params").GetProperty("uri").GetString());
                return;
            }
        }
    }

    [Fact]
    public async Task StepUp_IsAChallenge_WithItsStatusAndScopes()
    {
        await ApplyAsync(new PolicyRuleConfig
        {
            Id = "scoped",
            Effect = PolicyEffect.Allow,
            Tools = ["s_echo"],
            Callers = new() { Scopes = ["echo:use", "echo:loud"] },
            StepUp = true,
        });
        var modern = await McpClient.ConnectAsync(_gateway, Protocol.Revisions.Latest);
        var legacy = await McpClient.ConnectAsync(_gateway, Revision.V20251125);

        var answer = await modern.CallAsync("s_echo");

        Assert.Equal((403, -31021), (answer.Status, answer.Code));
        Assert.Equal("""{"requiredScopes":["echo:use","echo:loud"]}""", answer.Error.GetProperty("data").GetRawText());
        Assert.Equal(-31021, (await legacy.CallAsync("s_echo")).Code);
        Assert.Equal(-32602, (await modern.CallAsync("s_zone")).Code);
        Assert.Empty(_server.Of("tools/call"));
    }

    [Fact]
    public async Task Call_GoesByTheBytesThatTheServerGets()
    {
        await ApplyAsync(Deny with { Arguments = [new() { At = "/message", OneOf = ["\"stop\""] }] });
        var client = await McpClient.ConnectAsync(_gateway, Protocol.Revisions.Latest);

        Assert.Equal(-32602, (await client.CallAsync("s_echo", """{"mess\u0061ge":"st\u006fp"}""")).Code);
        Assert.Equal(-32602, (await client.CallAsync("s_echo", """{"message":"go","message":"stop"}""")).Code);
        Assert.Equal(0, (await client.CallAsync("s_echo", """{"message":"go","other":"stop"}""")).Code);

        Assert.Contains("""{"message":"go","other":"stop"}""", Assert.Single(_server.Of("tools/call")).Body, StringComparison.Ordinal);
    }

    private static Revision Parse(string revision) => Protocol.Revisions.TryParse(revision, out var parsed) ? parsed : throw new ArgumentException(revision);

    private Task ApplyAsync(params PolicyRuleConfig[] rules) => _gateway.Runtime.ApplyAsync(
        new HubConfig { Upstreams = [_server.Config("s")], Gateway = new GatewayConfig { Policy = new PolicyConfig { Rules = rules } } }, CancellationToken.None);
}
