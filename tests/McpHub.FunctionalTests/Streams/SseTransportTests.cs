using System.Text;
using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Streams;

/// <summary>HTTP+SSE of 2024-11-05, for clients that know nothing newer.</summary>
public sealed class SseTransportTests
{
    [Theory]
    [InlineData("", "s_echo")]
    [InlineData("/s", "echo")]
    public async Task Session_LivesOnOneStream(string server, string tool)
    {
        await using var pair = await StreamPair.StartAsync(Revision.V20260728, _ => { });
        using var stream = await OpenAsync(pair, server);
        var url = await EndpointAsync(pair, stream, server);

        Assert.Equal(202, await PostAsync(pair, url, Rpc.Initialize("1", "2024-11-05")));
        var greeting = (await stream.NextAsync())!;
        Assert.Equal(202, await PostAsync(pair, url, Rpc.Notification("notifications/initialized")));
        Assert.Equal(202, await PostAsync(pair, url, Rpc.Request("\"c\"", "tools/call", Rpc.Call(tool))));
        var answer = (await stream.NextAsync())!;

        Assert.Equal(("message", null), (greeting.Type, greeting.Id));
        Assert.Equal("2024-11-05", greeting.Message.GetProperty("result").GetProperty("protocolVersion").GetString());
        Assert.Equal(("\"c\"", "echo"), (answer.Message.GetProperty("id").GetRawText(), answer.Text));
    }

    [Fact]
    public async Task Progress_GoesOutOnTheStream_BeforeTheAnswer()
    {
        await using var pair = await StreamPair.StartAsync(Revision.V20260728, f => f.OnTool("work", async x =>
        {
            await StreamPair.ProgressAsync(x, 1);
            await StreamPair.ProgressAsync(x, 2);
            await x.TextAsync("done");
        }));
        using var stream = await OpenAsync(pair);
        var url = await InitializeAsync(pair, stream);

        await PostAsync(pair, url, Rpc.Request("5", "tools/call", Rpc.Call("s_work", meta: "\"progressToken\":9")));

        Assert.Equal(1, (await stream.NextAsync())!.Progress);
        Assert.Equal(2, (await stream.NextAsync())!.Progress);
        Assert.Equal("done", (await stream.NextAsync())!.Text);
    }

    [Fact]
    public async Task Session_EndsWithItsStream_AndSoDoItsCalls()
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var pair = await StreamPair.StartAsync(Revision.V20260728, f => f.OnTool("work", async x =>
        {
            await x.HangAsync();
            cancelled.SetResult();
        }));
        string url;
        using (var stream = await OpenAsync(pair))
        {
            url = await InitializeAsync(pair, stream);
            await PostAsync(pair, url, Rpc.Request("5", "tools/call", Rpc.Call("s_work")));
            await pair.Server.WaitForAsync("tools/call");
            Assert.Equal(1, pair.Gateway.Sessions.Count);
        }

        await cancelled.Task.WithinLimitAsync("the cancel at the server");
        await Patience.UntilAsync(() => pair.Gateway.Sessions.Count == 0, "the session is gone");
        Assert.Equal(404, await PostAsync(pair, url, Rpc.Request("6", "ping")));
    }

    [Fact]
    public async Task Cancel_EndsACall_WithoutAnAnswer()
    {
        await using var pair = await StreamPair.StartAsync(Revision.V20260728, f => f.OnTool("work", x => x.HangAsync()));
        using var stream = await OpenAsync(pair);
        var url = await InitializeAsync(pair, stream);
        await PostAsync(pair, url, Rpc.Request("5", "tools/call", Rpc.Call("s_work")));
        await pair.Server.WaitForAsync("tools/call");

        await PostAsync(pair, url, Rpc.Notification("notifications/cancelled", """{"requestId":5}"""));
        await pair.Server.WaitForAsync("notifications/cancelled");
        await PostAsync(pair, url, Rpc.Request("6", "ping"));

        Assert.Equal("6", (await stream.NextAsync())!.Message.GetProperty("id").GetRawText());
    }

    [Fact]
    public async Task Message_IsRefused_ByStatus()
    {
        await using var pair = await StreamPair.StartAsync(Revision.V20260728, _ => { });
        using var stream = await OpenAsync(pair);
        var url = await EndpointAsync(pair, stream, "");
        var other = url.Replace("/mcp/", "/mcp/s/", StringComparison.Ordinal);

        Assert.Equal(400, await PostAsync(pair, url, Rpc.Request("1", "tools/list")));
        Assert.Equal(202, await PostAsync(pair, url, Rpc.Initialize("1", "2024-11-05")));
        Assert.Equal(404, await PostAsync(pair, other, Rpc.Request("1", "ping")));
        Assert.Equal(404, await PostAsync(pair, url[..^1], Rpc.Request("1", "ping")));
        Assert.Equal(400, await PostAsync(pair, url.Split('?')[0], Rpc.Request("1", "ping")));
        Assert.Equal(400, await PostAsync(pair, url, "{"));
        Assert.Equal(400, await PostAsync(pair, url, "[" + Rpc.Request("1", "ping") + "]"));
        Assert.Equal(400, await PostAsync(pair, url, Rpc.Request("1", "tools/list", "{\"_meta\":{" + McpClient.ModernKeys.Trim() + "}}")));
        Assert.Equal(413, await PostAsync(pair, url, "\"" + new string('x', 5 * 1024 * 1024) + "\""));
        Assert.Equal(415, await PostAsync(pair, url, Rpc.Request("1", "ping"), type: "text/plain"));
        Assert.Equal(403, await PostAsync(pair, url, Rpc.Request("1", "ping"), origin: "http://evil.example"));
        await pair.Gateway.StillServesAsync();
    }

    [Theory]
    [InlineData("POST", "sse", "text/event-stream", 405)]
    [InlineData("GET", "message", "text/event-stream", 405)]
    [InlineData("OPTIONS", "sse", "*/*", 204)]
    [InlineData("GET", "sse", "application/json", 406)]
    [InlineData("GET", "nobody/sse", "text/event-stream", 404)]
    public async Task Stream_IsRefused_ByStatus(string method, string path, string accept, int status)
    {
        await using var pair = await StreamPair.StartAsync(Revision.V20260728, _ => { });
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(pair.Gateway.Url + "/" + path));
        request.Headers.TryAddWithoutValidation("Accept", accept);

        using var response = await pair.Client.OpenAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Transport_IsNotThere_WhenItIsSwitchedOff()
    {
        await using var gateway = await GatewayHost.StartAsync(new HubConfig { Gateway = new GatewayConfig { Http = new HttpConfig { Sse = false } } });

        foreach (var path in (string[])["/sse", "/message", "/hub/sse"])
        {
            using var response = await gateway.Http.GetAsync(new Uri(gateway.Url + path), TestContext.Current.CancellationToken);
            Assert.Equal(404, (int)response.StatusCode);
        }
    }

    [Fact]
    public async Task Server_ThatIsCalledSse_KeepsItsEndpoint()
    {
        await using var fake = await FakeUpstream.StartAsync(Revision.V20251125);
        await using var gateway = await GatewayHost.StartAsync(fake.Config("sse"));

        var client = await McpClient.ConnectAsync(gateway, Revision.V20251125, server: "sse");

        Assert.Equal("echo", (await client.CallAsync("echo")).Text);
    }

    [Fact]
    public async Task Client_ThatReadsNothing_IsRefusedAtSomePoint()
    {
        await using var pair = await StreamPair.StartAsync(Revision.V20260728, f => f.OnTool("work", x => x.HangAsync()));
        using var stream = await OpenAsync(pair);
        var url = await InitializeAsync(pair, stream);

        var statuses = new List<int>();
        for (var i = 0; i < 300; i++)
        {
            statuses.Add(await PostAsync(pair, url, Rpc.Request($"{i + 10}", "tools/call", Rpc.Call("s_work"))));
        }

        Assert.Equal((256, 44), (statuses.Count(s => s == 202), statuses.Count(s => s == 503)));
    }

    private static async Task<ClientEventStream> OpenAsync(StreamPair pair, string server = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(pair.Gateway.Url + server + "/sse"));
        request.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
        return await pair.Client.StreamAsync(request);
    }

    private static async Task<string> EndpointAsync(StreamPair pair, ClientEventStream stream, string server)
    {
        var first = (await stream.NextAsync())!;
        Assert.Equal("endpoint", first.Type);
        Assert.Matches("^message\\?sessionId=[A-Za-z0-9_-]{22,}$", first.Data);
        return new Uri(new Uri(pair.Gateway.Url + server + "/sse"), first.Data).ToString();
    }

    private static async Task<string> InitializeAsync(StreamPair pair, ClientEventStream stream)
    {
        var url = await EndpointAsync(pair, stream, "");
        await PostAsync(pair, url, Rpc.Initialize("1", "2024-11-05"));
        await stream.NextAsync();
        return url;
    }

    private static async Task<int> PostAsync(StreamPair pair, string url, string body, string type = "application/json", string? origin = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(body, Encoding.UTF8, type) };
        if (origin is not null)
        {
            request.Headers.TryAddWithoutValidation("Origin", origin);
        }

        using var response = await pair.Client.OpenAsync(request, TestContext.Current.CancellationToken);
        return (int)response.StatusCode;
    }
}
