using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Subscriptions;

/// <summary><c>subscriptions/listen</c> as clients of 2026-07-28 see it (2026-07-28, "Subscriptions").</summary>
public sealed class ListenTests : IAsyncLifetime
{
    private const string ToolsChanged = "notifications/tools/list_changed";
    private const string PromptsChanged = "notifications/prompts/list_changed";
    private const string Updated = "notifications/resources/updated";

    private FakeUpstream _server = null!;
    private GatewayHost _gateway = null!;
    private McpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await FakeUpstream.StartAsync(Revision.V20260728, ChangingServer.Offer);
        _gateway = await GatewayHost.StartAsync(_server.Config("s"));
        _client = await McpClient.ConnectAsync(_gateway, Protocol.Revisions.Latest);
        await Patience.UntilAsync(() => _server.Subscriptions.Listens.Count == 1, "the gateway listens");
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        Assert.Empty(_gateway.Log.Faults);
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Listens_AreToldApartByTheirIds_WhoseTypeStays()
    {
        var streams = new List<(string Id, MessageStream Stream)>();
        foreach (var id in (string[])["1", "\"1\"", "\"\\u00e4/\\\"\""])
        {
            var stream = await MessageStream.ListenAsync(_client, """{"toolsListChanged":true}""", id);
            Assert.Equal(
                "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/subscriptions/acknowledged\",\"params\":{\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":"
                    + id + "},\"notifications\":{\"toolsListChanged\":true}}}",
                (await stream.ReadAsync()).GetRawText());
            streams.Add((id, stream));
        }

        await _server.Subscriptions.TellAsync(ToolsChanged);

        foreach (var (id, stream) in streams)
        {
            Assert.Equal(
                "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\",\"params\":{\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":" + id + "}}}",
                (await stream.ReadAsync()).GetRawText());
            Assert.Equal("no-cache, no-store", stream.Response.Headers.CacheControl!.ToString().Replace("no-store, no-cache", "no-cache, no-store", StringComparison.Ordinal));
            Assert.Equal("no", stream.Response.Headers.GetValues("X-Accel-Buffering").Single());
            stream.Dispose();
        }
    }

    [Fact]
    public async Task Listen_IsToldOfNothingElse_ThanItAskedFor()
    {
        using var prompts = await MessageStream.ListenAsync(_client, """{"toolsListChanged":false,"promptsListChanged":true,"taskIds":["x"]}""");
        using var resource = await MessageStream.ListenAsync(_client, """{"resourceSubscriptions":["test://other","test://other"]}""");
        Assert.Equal("""{"promptsListChanged":true}""", Honoured(await prompts.ReadAsync()));
        Assert.Equal("""{"resourceSubscriptions":["test://other"]}""", Honoured(await resource.ReadAsync()));

        await _server.Subscriptions.TellAsync(ToolsChanged);
        await _server.Subscriptions.TellAsync("notifications/resources/list_changed");
        await _server.Subscriptions.TellAsync(Updated, ChangingServer.Watched);
        await _server.Subscriptions.TellAsync(PromptsChanged);
        await _server.Subscriptions.TellAsync(Updated, "test://other");

        Assert.Equal(PromptsChanged, MethodOf(await prompts.ReadAsync()));
        Assert.Equal("test://other", (await resource.ReadAsync()).GetProperty("params").GetProperty("uri").GetString());
    }

    [Fact]
    public async Task Resources_ThatNobodyHas_AreNotHonoured()
    {
        _server.Subscriptions.Refused = [ChangingServer.Watched];
        await using var plain = await FakeUpstream.StartAsync(Revision.V20251125, new FakeOffer { Resources = ["""{"uri":"plain://r","name":"r"}"""] });
        await _gateway.Runtime.ApplyAsync(new HubConfig { Upstreams = [_server.Config("s"), plain.Config("plain")] }, CancellationToken.None);
        await _gateway.UntilListedAsync("plain_echo");

        using var stream = await MessageStream.ListenAsync(
            _client, "{\"resourceSubscriptions\":[\"nobody://has\",\"plain://r\",\"" + ChangingServer.Watched + "\",\"test://other\"]}");

        Assert.Equal("""{"resourceSubscriptions":["test://other"]}""", Honoured(await stream.ReadAsync()));
        await Patience.UntilAsync(() => _server.Subscriptions.Uris is ["test://other"], "the server is asked for what it honours");
        Assert.Empty(plain.Of("resources/subscribe"));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"notifications":[]}""")]
    [InlineData("""{"notifications":{"toolsListChanged":"yes"}}""")]
    [InlineData("""{"notifications":{"resourceSubscriptions":"file:///a"}}""")]
    [InlineData("""{"notifications":{"resourceSubscriptions":[1]}}""")]
    public async Task Listen_IsRefused_WhenItMakesNoSense(string parameters)
    {
        var answer = await _client.RequestAsync("subscriptions/listen", parameters);

        Assert.Equal((-32602, "application/json"), (answer.Code, answer.ContentType));
    }

    [Fact]
    public async Task Listen_IsRefused_WhenTheClientTakesNoStream()
    {
        using var request = _client.Request("subscriptions/listen", """{"notifications":{}}""");
        request.Headers.Remove("Accept");
        request.Headers.Add("Accept", "application/json");

        var answer = await _client.SendAsync(request, CancellationToken.None);

        Assert.Equal((400, -32600), (answer.Status, answer.Code));
        Assert.Contains("text/event-stream", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Listen_IsRefused_WithMoreResourcesThanOneClientMayHave()
    {
        var uris = string.Join(',', Enumerable.Range(0, 1001).Select(i => "\"test://" + i + "\""));

        var answer = await _client.RequestAsync("subscriptions/listen", "{\"notifications\":{\"resourceSubscriptions\":[" + uris + "]}}");

        Assert.Equal((503, -31004), (answer.Status, answer.Code));
        Assert.Contains("1000", answer.Body, StringComparison.Ordinal);
        await Patience.UntilAsync(() => _server.Subscriptions.Uris.Count == 0, "nothing stays subscribed");
    }

    [Fact]
    public async Task Listen_IsUnknown_ToLegacyClients()
    {
        var legacy = await McpClient.ConnectAsync(_gateway, Revision.V20251125);
        Assert.Equal(-32601, (await legacy.RequestAsync("subscriptions/listen", """{"notifications":{}}""")).Code);
        Assert.Equal(-32601, (await _client.RequestAsync("resources/subscribe", "{\"uri\":\"test://other\"}")).Code);
    }

    [Fact]
    public async Task Listen_IsAnswered_WhenTheGatewayStops()
    {
        using var stream = await MessageStream.ListenAsync(_client, Watchers.Filter(), "\"last\"");
        await stream.ReadAsync();

        await _gateway.DisposeAsync();

        Assert.Equal(
            """{"jsonrpc":"2.0","id":"last","result":{"resultType":"complete","_meta":{"io.modelcontextprotocol/subscriptionId":"last"}}}""",
            (await stream.ReadAsync()).GetRawText());
        Assert.Null(await stream.TryReadAsync());
    }

    [Fact]
    public async Task Listen_IsAnswered_WhenItsServerIsRemoved()
    {
        var one = await McpClient.ConnectAsync(_gateway, Protocol.Revisions.Latest, "s");
        using var stream = await MessageStream.ListenAsync(one, Watchers.Filter(ChangingServer.Watched), "3");
        await stream.ReadAsync();

        await _gateway.Runtime.ApplyAsync(new HubConfig(), CancellationToken.None);

        Assert.Equal("3", (await stream.ReadAsync()).GetProperty("id").GetRawText());
        Assert.Null(await stream.TryReadAsync());
    }

    [Fact]
    public async Task Listen_OverStdio_EndsWithItsCancel_AndIsNotAnswered()
    {
        await using var stdio = _gateway.OpenStdio();
        await ListenAsync(stdio, "1", ChangingServer.Watched);
        await ListenAsync(stdio, "\"1\"", "test://other");
        await Patience.UntilAsync(() => _server.Subscriptions.Uris.Count == 2, "both are subscribed to");

        await stdio.SendAsync(Rpc.Notification("notifications/cancelled", "{\"requestId\":1}"));
        await Patience.UntilAsync(() => _server.Subscriptions.Uris is ["test://other"], "the one is no longer subscribed to");
        await _server.Subscriptions.TellAsync(ToolsChanged);

        var told = await stdio.ReadAsync();
        Assert.Equal("\"1\"", told.GetProperty("params").GetProperty("_meta").GetProperty("io.modelcontextprotocol/subscriptionId").GetRawText());

        // When the input ends, what still listens is answered, and nothing waits for it.
        stdio.CloseInput();
        Assert.Equal("\"1\"", (await stdio.ReadAsync()).GetProperty("id").GetRawText());
        await stdio.Ended.WithinLimitAsync("the end of the gateway's stdio");
    }

    [Fact]
    public async Task Listens_OverStdio_LeaveRoomForTheirCancel()
    {
        await using var stdio = _gateway.OpenStdio();
        for (var i = 0; i < 256; i++)
        {
            await ListenAsync(stdio, i.ToString(System.Globalization.CultureInfo.InvariantCulture), ChangingServer.Watched);
        }

        var parameters = "{\"notifications\":{},\"_meta\":{" + McpClient.ModernKeys + "}}";
        Assert.Equal(-31004, (await stdio.AskAsync(Rpc.Request("256", "subscriptions/listen", parameters))).GetProperty("error").GetProperty("code").GetInt32());

        await stdio.SendAsync(Rpc.Notification("notifications/cancelled", "{\"requestId\":7}"));
        await Patience.UntilAsync(() => _gateway.Listeners == 255, "the one has ended");
        await ListenAsync(stdio, "256", ChangingServer.Watched);
    }

    [Fact]
    public async Task Disconnect_EndsTheListen_AndItsSubscriptions()
    {
        var stream = await MessageStream.ListenAsync(_client, Watchers.Filter(ChangingServer.Watched));
        await stream.ReadAsync();
        Assert.Equal([ChangingServer.Watched], _server.Subscriptions.Uris);

        stream.Dispose();

        await Patience.UntilAsync(() => _server.Subscriptions.Uris.Count == 0, "the server is asked for nothing any more");
        Assert.Single(_server.Subscriptions.Listens);
    }

    [Fact]
    public async Task Silence_IsFilledWithComments()
    {
        var time = new FakeTimeProvider();
        await using var gateway = await GatewayHost.StartAsync(new HubConfig(), time);
        var client = await McpClient.ConnectAsync(gateway, Protocol.Revisions.Latest);
        using var stream = await MessageStream.ListenAsync(client, """{"toolsListChanged":true}""");
        await stream.ReadAsync();

        for (var i = 1; i <= 3; i++)
        {
            time.Advance(TimeSpan.FromSeconds(16));
            await stream.UntilCommentsAsync(i);
        }
    }

    private static async Task ListenAsync(StdioClient client, string id, string uri)
    {
        var acknowledged = await client.AskAsync(Rpc.Request(
            id, "subscriptions/listen", "{\"notifications\":" + Watchers.Filter(uri) + ",\"_meta\":{" + McpClient.ModernKeys + "}}"));
        Assert.Equal("notifications/subscriptions/acknowledged", MethodOf(acknowledged));
    }

    private static string MethodOf(System.Text.Json.JsonElement message) => message.GetProperty("method").GetString()!;

    private static string Honoured(System.Text.Json.JsonElement message) => message.GetProperty("params").GetProperty("notifications").GetRawText();
}
