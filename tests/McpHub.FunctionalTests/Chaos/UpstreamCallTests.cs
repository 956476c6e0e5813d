using System.Text.Json;
using McpHub.Configuration;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Chaos;

/// <summary>HTTP upstreams that treat a call badly. Each time: a clear error, and nobody else notices.</summary>
public sealed class UpstreamCallTests
{
    private const int Unavailable = -31010;
    private const int Lost = -31011;
    private const int NotMcp = -31012;
    private const int TimedOut = -31014;

    public static TheoryData<UpstreamKind> Kinds { get; } = [UpstreamKind.Modern, UpstreamKind.Legacy, UpstreamKind.Sse];

    public static TheoryData<UpstreamKind> Streamable { get; } = [UpstreamKind.Modern, UpstreamKind.Legacy];

    public static TheoryData<UpstreamKind> WithHandshake { get; } = [UpstreamKind.Legacy, UpstreamKind.Sse];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Call_TimesOutAndIsCancelled_WhenTheServerHangs(UpstreamKind kind)
    {
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var pair = await ChaosPair.StartAsync(
            kind,
            f => f.OnTool("echo", async x =>
            {
                await x.HangAsync();
                aborted.TrySetResult();
            }),
            configure: c => c with { Tools = new Dictionary<string, ToolConfig> { ["echo"] = new() { Timeout = TimeSpan.FromSeconds(2) } } });

        var answer = await pair.Client.CallAsync("bad_echo", id: "\"h\"");

        Assert.Equal((TimedOut, "\"h\""), (answer.Code, answer.Id));
        Assert.Contains("bad", answer.Error.GetProperty("message").GetString(), StringComparison.Ordinal);
        if (kind == UpstreamKind.Modern)
        {
            await aborted.Task.WithinLimitAsync("the closed stream, which is the cancel");
        }
        else
        {
            var cancel = await pair.Bad.WaitForAsync("notifications/cancelled");
            Assert.Equal(pair.Bad.Of("tools/call").Single().Id, cancel.Params.GetProperty("requestId").GetRawText());
        }

        await pair.OthersStillServeAsync();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Call_ReachesTheServerAsACancel_WhenAModernClientGoesAway(UpstreamKind kind)
    {
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var pair = await ChaosPair.StartAsync(kind, f => f.OnTool("echo", async x =>
        {
            await x.HangAsync();
            aborted.TrySetResult();
        }));
        using var leaving = new CancellationTokenSource();
        using var request = pair.Client.Request("tools/call", Rpc.Call("bad_echo"));
        var call = pair.Client.SendAsync(request, leaving.Token);
        await pair.Bad.WaitForAsync("tools/call");

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await (kind == UpstreamKind.Modern ? aborted.Task.WithinLimitAsync("the closed stream") : pair.Bad.WaitForAsync("notifications/cancelled"));
        await pair.OthersStillServeAsync();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Call_IsLost_WhenTheServerCrashesBeforeTheAnswer(UpstreamKind kind)
    {
        var isFirst = true;
        await using var pair = await ChaosPair.StartAsync(kind, f => f.OnTool("echo", x =>
        {
            if (isFirst)
            {
                isFirst = false;
                x.Abort();
                return Task.CompletedTask;
            }

            return x.TextAsync("again");
        }));

        var answer = await pair.Client.CallAsync("bad_echo");

        Assert.Equal(Lost, answer.Code);
        Assert.Contains("may have run", answer.Error.GetProperty("message").GetString(), StringComparison.Ordinal);
        await pair.OthersStillServeAsync();
        await pair.UntilAnsweredAsync("bad_echo");
        Assert.Equal(2, pair.Bad.Of("tools/call").Count);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Call_IsLost_WhenTheServerCrashesInTheMiddleOfTheAnswer(UpstreamKind kind)
    {
        await using var pair = await ChaosPair.StartAsync(kind, f => f.OnTool("echo", async x =>
        {
            await x.SendEventsAsync("event: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":");
            x.Abort();
        }));

        Assert.Equal(Lost, (await pair.Client.CallAsync("bad_echo")).Code);
        await pair.OthersStillServeAsync();
    }

    [Theory]
    [MemberData(nameof(Streamable))]
    public async Task Call_IsLost_WhenAJsonAnswerBreaksOff(UpstreamKind kind)
    {
        await using var pair = await ChaosPair.StartAsync(kind, f => f.OnTool("echo", async x =>
        {
            x.Headers.ContentLength = 1000;
            await x.RawAsync(200, "application/json", "{\"jsonrpc\":");
            x.Abort();
        }));

        Assert.Equal(Lost, (await pair.Client.CallAsync("bad_echo")).Code);
        await pair.OthersStillServeAsync();
    }

    [Theory]
    [MemberData(nameof(Streamable))]
    public async Task Call_IsLost_WhenTheChunksOfAJsonAnswerAreNonsense(UpstreamKind kind)
    {
        await using var pair = await ChaosPair.StartAsync(kind, f => f.OnTool("echo", async x =>
        {
            // With this header the bytes go out as they are.
            x.Headers.TransferEncoding = "chunked";
            await x.RawAsync(200, "application/json", "nonsense\r\n{\"jsonrpc\":\r\n0\r\n\r\n");
        }));

        Assert.Equal(Lost, (await pair.Client.CallAsync("bad_echo")).Code);
        await pair.OthersStillServeAsync();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Call_IsLost_WhenTheStreamEndsWithoutAnAnswer(UpstreamKind kind)
    {
        await using var pair = await ChaosPair.StartAsync(kind, f => f.OnTool("echo", x => x.EndStreamAsync()));

        Assert.Equal(Lost, (await pair.Client.CallAsync("bad_echo")).Code);
        await pair.OthersStillServeAsync();
    }

    [Theory]
    [InlineData(UpstreamKind.Modern, "application/json", "Hello")]
    [InlineData(UpstreamKind.Legacy, "application/json", "{\"jsonrpc\":")]
    [InlineData(UpstreamKind.Modern, "application/json", "")]
    [InlineData(UpstreamKind.Legacy, "application/json", "[]")]
    [InlineData(UpstreamKind.Modern, "application/json", "{}")]
    [InlineData(UpstreamKind.Modern, "application/json", "null")]
    [InlineData(UpstreamKind.Legacy, "text/html", "<h1>Welcome</h1>")]
    [InlineData(UpstreamKind.Modern, "", "")]
    [InlineData(UpstreamKind.Modern, "application/json", """{"jsonrpc":"2.0","id":999999,"result":{}}""")]
    [InlineData(UpstreamKind.Legacy, "application/json", """{"jsonrpc":"2.0","id":"ID","result":{}}""")]
    [InlineData(UpstreamKind.Modern, "application/json", """{"jsonrpc":"2.0","id":null,"result":{}}""")]
    [InlineData(UpstreamKind.Legacy, "application/json", """{"jsonrpc":"2.0","id":ID,"result":"text"}""")]
    [InlineData(UpstreamKind.Modern, "application/json", """{"jsonrpc":"2.0","id":ID,"result":[]}""")]
    [InlineData(UpstreamKind.Modern, "application/json", """{"jsonrpc":"2.0","id":ID,"error":"broken"}""")]
    [InlineData(UpstreamKind.Legacy, "application/json", """{"jsonrpc":"2.0","id":ID,"error":{"code":"E1","message":5}}""")]
    [InlineData(UpstreamKind.Modern, "application/json", """{"jsonrpc":"2.0","id":ID,"result":{"resultType":"task","taskId":"1"}}""")]
    [InlineData(UpstreamKind.Modern, "application/json", """{"jsonrpc":"2.0","id":ID,"result":{"resultType":5}}""")]
    [InlineData(UpstreamKind.Modern, "application/json", """{"jsonrpc":"2.0","id":ID,"method":"ping"}""")]
    public async Task Call_IsNotMcp_WhenTheAnswerIsNone(UpstreamKind kind, string type, string body)
    {
        await using var pair = await ChaosPair.StartAsync(
            kind, f => f.OnTool("echo", x => x.RawAsync(200, type, body.Replace("ID", x.Request.Id, StringComparison.Ordinal))));

        var answer = await pair.Client.CallAsync("bad_echo");

        Assert.Equal(NotMcp, answer.Code);
        Assert.Equal(JsonValueKind.String, answer.Error.GetProperty("message").ValueKind);
        await pair.OthersStillServeAsync();
    }

    [Theory]
    [InlineData(UpstreamKind.Legacy)]
    [InlineData(UpstreamKind.Sse)]
    public async Task Call_IsNotMcp_WhenTheAnswerOnAStreamIsNone(UpstreamKind kind)
    {
        await using var pair = await ChaosPair.StartAsync(kind, f => f.OnTool("echo", x => x.SendAsync(Rpc.Result(x.Request.Id, "\"text\""))));

        Assert.Equal(NotMcp, (await pair.Client.CallAsync("bad_echo")).Code);
        await pair.OthersStillServeAsync();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Result_Counts_WhenANullErrorComesWithIt(UpstreamKind kind)
    {
        await using var pair = await ChaosPair.StartAsync(kind, f => f.OnTool("echo", x => x.FinishAsync(
            "{\"jsonrpc\":\"2.0\",\"error\":null,\"id\":" + x.Request.Id + ",\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"fine\"}]}}")));

        Assert.Equal("fine", (await pair.Client.CallAsync("bad_echo")).Text);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Stream_MayCarryAnything_AroundTheAnswer(UpstreamKind kind)
    {
        await using var pair = await ChaosPair.StartAsync(kind, f => f.OnTool("echo", async x =>
        {
            await x.SendEventsAsync(": comment\n\nid: 1\ndata:\n\nretry: 100\n\nevent: ping\ndata: {}\n\n");
            await x.SendAsync("not json");
            await x.SendAsync("[1,2]");
            await x.SendAsync("{}");
            await x.SendAsync(Rpc.Result("424242", "{}"));
            await x.SendAsync(Rpc.Result("\"" + x.Request.Id + "\"", "{}"));
            await x.SendAsync(Rpc.Notification("notifications/nobody/knows"));
            await x.SendAsync(Rpc.Notification("notifications/progress", "{\"progressToken\":{},\"progress\":\"x\"}"));
            await x.SendAsync("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\"}");
            await x.SendEventsAsync("event: message\r\ndata: {\"jsonrpc\":\"2.0\",\r\ndata: \"id\":" + x.Request.Id + ",\r\ndata:\"result\":{\"resultType\":\"complete\",\"content\":[{\"type\":\"text\",\"text\":\"yes\"}]}}\r\n\r\n");
            await x.TextAsync("and once more");
        }));

        Assert.Equal("yes", (await pair.Client.CallAsync("bad_echo")).Text);
        Assert.Equal("yes", (await pair.Client.CallAsync("bad_echo")).Text);
        await pair.OthersStillServeAsync();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Answer_IsRefused_WhenItIsTooLarge(UpstreamKind kind)
    {
        var text = new string('x', 300_000);
        await using var pair = await ChaosPair.StartAsync(
            kind,
            f => f.On("tools/call", x => x.Request.Params.GetProperty("arguments").TryGetProperty("stream", out _) ? x.SendAsync(text + text) : x.TextAsync(text)),
            new GatewayConfig { Sizes = new SizesConfig { Response = 200_000 } });

        foreach (var arguments in (string[])["{}", """{"stream":true}"""])
        {
            var code = (await pair.Client.CallAsync("bad_echo", arguments)).Code;

            // A shared stream is lost as a whole: until it is back, the second call has no server to go to.
            Assert.Contains(code, kind == UpstreamKind.Sse ? [Lost, Unavailable] : (int[])[NotMcp]);
            await pair.OthersStillServeAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Flood_OfNotifications_DoesNotDrownTheAnswer(UpstreamKind kind)
    {
        await using var pair = await ChaosPair.StartAsync(kind, f => f.OnTool("echo", async x =>
        {
            var token = x.Request.Meta("progressToken");
            var at = 0;
            for (var piece = 0; piece < 100; piece++)
            {
                await x.SendEventsAsync(string.Concat(Enumerable.Range(0, 1000).Select(_ => token.ValueKind == JsonValueKind.Undefined
                    ? "data: " + Rpc.Notification("notifications/message", """{"level":"debug","data":"flood"}""") + "\n\n"
                    : "data: " + Rpc.Notification("notifications/progress", "{\"progressToken\":" + token.GetRawText() + ",\"progress\":" + ++at + "}") + "\n\n")));
            }

            await x.TextAsync("dry");
        }));

        Assert.Equal("dry", (await pair.Client.CallAsync("bad_echo")).Text);
        var answer = await pair.Client.CallAsync("bad_echo", meta: "\"progressToken\":\"p\"");
        Assert.Equal("dry", answer.Result.GetProperty("content")[0].GetProperty("text").GetString());
        var progress = answer.Notifications.Select(n => n.GetProperty("params").GetProperty("progress").GetInt32()).ToArray();
        Assert.NotEmpty(progress);
        Assert.Equal(progress.Distinct().Order(), progress);
        await pair.OthersStillServeAsync();
    }

    [Theory]
    [MemberData(nameof(WithHandshake))]
    public async Task Request_OfTheServers_IsRefusedClearly_AndTheCallGoesOn(UpstreamKind kind)
    {
        await using var pair = await ChaosPair.StartAsync(kind, f => f.OnTool("echo", async x =>
        {
            await x.SendAsync(Rpc.Request("\"s-1\"", "sampling/createMessage", """{"messages":[],"maxTokens":5}"""));
            await x.SendAsync(Rpc.Request("-7", "elicitation/create"));
            await x.SendAsync(Rpc.Request("1", "ping"));
            await x.SendAsync(Rpc.Request("\"r\"", "roots/list"));
            await f.WaitForAsync(r => r.Method.Length == 0 && r.Id.Length > 0, 4);
            await x.TextAsync("went on");
        }));

        Assert.Equal("went on", (await pair.Client.CallAsync("bad_echo")).Text);

        var answers = pair.Bad.Requests.Where(r => r.Method.Length == 0 && r.Id.Length > 0).ToDictionary(r => r.Id, r => r.Json);
        Assert.Equal("{}", answers["1"].GetProperty("result").GetRawText());
        foreach (var id in (string[])["\"s-1\"", "-7", "\"r\""])
        {
            Assert.Equal(-32601, answers[id].GetProperty("error").GetProperty("code").GetInt32());
            Assert.Contains("does not relay", answers[id].GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        }

        await pair.OthersStillServeAsync();
    }

    [Theory]
    [InlineData(UpstreamKind.Modern, -32601, 404)]
    [InlineData(UpstreamKind.Legacy, -32601, 200)]
    [InlineData(UpstreamKind.Sse, -32602, 200)]
    [InlineData(UpstreamKind.Modern, -32602, 200)]
    [InlineData(UpstreamKind.Modern, -32602, 400)]
    [InlineData(UpstreamKind.Legacy, -32603, 200)]
    [InlineData(UpstreamKind.Legacy, -32603, 400)]
    [InlineData(UpstreamKind.Modern, 4711, 200)]
    [InlineData(UpstreamKind.Sse, -32000, 200)]
    [InlineData(UpstreamKind.Legacy, -32001, 200)]
    public async Task Error_OfTheServers_PassesUntouched(UpstreamKind kind, int code, int status)
    {
        const string Data = """{"big":1152921504606846976,"float":1.0, "text":"\u00e4\/","list":[1, 2]}""";
        await using var pair = await ChaosPair.StartAsync(kind, f => f.OnTool("echo", x => x.ErrorAsync(code, "It \\u0062roke", Data, status)));

        var answer = await pair.Client.CallAsync("bad_echo", id: "77");

        Assert.Equal("{\"jsonrpc\":\"2.0\",\"id\":77,\"error\":{\"code\":" + code + ",\"message\":\"It \\u0062roke\",\"data\":" + Data + "}}", answer.Body);
        Assert.Equal(code == -32601 ? 404 : 200, answer.Status);
        await pair.OthersStillServeAsync();
    }

    [Theory]
    [InlineData(UpstreamKind.Modern, 401, -31010, "credentials")]
    [InlineData(UpstreamKind.Legacy, 403, -31010, "credentials")]
    [InlineData(UpstreamKind.Modern, 404, -31010, "404")]
    [InlineData(UpstreamKind.Legacy, 429, -31010, "429")]
    [InlineData(UpstreamKind.Modern, 302, -31010, "http://elsewhere.example/mcp")]
    [InlineData(UpstreamKind.Legacy, 500, -31011, "500")]
    [InlineData(UpstreamKind.Modern, 503, -31011, "503")]
    public async Task Status_IsExplained_WhenTheServerRefusesACall(UpstreamKind kind, int status, int code, string hint)
    {
        await using var pair = await ChaosPair.StartAsync(kind, f => f.OnTool("echo", x =>
        {
            x.Headers.Location = "http://elsewhere.example/mcp";
            x.Headers.WWWAuthenticate = "Bearer resource_metadata=\"https://elsewhere.example/\"";
            return x.RawAsync(status, "text/html", "<p>secret of the inside</p>");
        }));

        var answer = await pair.Client.CallAsync("bad_echo");

        Assert.Equal((200, code), (answer.Status, answer.Code));
        Assert.Contains(hint, answer.Error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.False(answer.Headers.ContainsKey("WWW-Authenticate"));
        Assert.Single(pair.Bad.Of("tools/call"));
        await pair.OthersStillServeAsync();
    }

    [Fact]
    public async Task HeaderMismatch_RefreshesTheSchema_AndIsTriedOnceMore()
    {
        const string Before = """{"name":"echo","inputSchema":{"type":"object","properties":{"a":{"type":"string","x-mcp-header":"Old"}}}}""";
        const string After = """{"name":"echo","inputSchema":{"type":"object","properties":{"a":{"type":"string","x-mcp-header":"New"}}}}""";
        await using var pair = await ChaosPair.StartAsync(UpstreamKind.Modern, f =>
        {
            f.Offer = new FakeOffer { Tools = [Before] };
            f.OnTool("echo", x => x.Request.Header("Mcp-Param-New") == "v" ? x.TextAsync("yes") : x.ErrorAsync(-32020, "Header mismatch", status: 400));
        });
        pair.Bad.Offer = new FakeOffer { Tools = [After] };
        using var request = pair.Client.Request("tools/call", Rpc.Call("bad_echo", """{"a":"v"}"""));
        request.Headers.Add("Mcp-Param-Old", "v");

        var answer = await pair.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal("yes", answer.Text);
        Assert.Equal(2, pair.Bad.Of("tools/call").Count);

        // A server that goes on is believed.
        pair.Bad.OnTool("echo", x => x.ErrorAsync(-32020, "Header mismatch", status: 400));
        await pair.Gateway.UntilListedAsync("bad_echo");
        using var second = pair.Client.Request("tools/call", Rpc.Call("bad_echo", """{"a":"v"}"""));
        second.Headers.Add("Mcp-Param-New", "v");
        await Patience.UntilAsync(
            () => pair.Gateway.Catalog.Root.Content.Tools.Single(t => t.Name == "bad_echo").HeaderParameters.Single().Header == "Mcp-Param-New", "the new schema is shown");
        var refused = await pair.Client.SendAsync(second, TestContext.Current.CancellationToken);
        Assert.Equal((200, NotMcp), (refused.Status, refused.Code));
        Assert.Equal(4, pair.Bad.Of("tools/call").Count);
        await pair.OthersStillServeAsync();
    }
}
