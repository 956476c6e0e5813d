using McpHub.Testing;

namespace McpHub.FunctionalTests.Inputs;

/// <summary>A modern client and a modern server: passed on, with the server's state sealed (T9).</summary>
public sealed class ModernBothTests
{
    private const string State = "\"inner \\u00e4\\/\\\"1\"";
    private const string Requests = """{"a \u00e4":{"method":"elicitation/create","params":{"mode":"form","message":"m","requestedSchema":{"type":"object","properties":{}},"x":1.0}},"r":{"method":"roots/list"}}""";

    [Fact]
    public async Task Rounds_PassThrough_WithTheServersStateOutOfSight()
    {
        await using var pair = await InputPair.StartAsync("2026-07-28", "2026-07-28");
        var round = 0;
        pair.Server.OnTool("ask", x => ++round switch
        {
            1 => x.ResultAsync("{\"resultType\":\"input_required\",\"inputRequests\":" + Requests + ",\"requestState\":" + State + ",\"vendor\":1.0}"),
            2 => x.ResultAsync("{\"resultType\":\"input_required\",\"request\\u0053tate\":" + State + "}"),
            _ => x.TextAsync("done"),
        });

        var first = await pair.Client.CallAsync("s_ask");

        Assert.Equal(Requests, first.Result.GetProperty("inputRequests").GetRawText());
        Assert.Equal("1.0", first.Result.GetProperty("vendor").GetRawText());
        Assert.DoesNotContain("inner", first.Body, StringComparison.Ordinal);
        const string Responses = """{"a \u00e4":{"action":"accept","content":{"f":1.0}},"r":{"roots":[]}}""";

        var second = await pair.Client.RetryAsync("s_ask", Responses, first.State());

        Assert.False(second.Result.TryGetProperty("inputRequests", out _));
        Assert.DoesNotContain("inner", second.Body, StringComparison.Ordinal);

        Assert.Equal("done", (await pair.Client.RetryAsync("s_ask", null, second.State())).Text);

        var calls = pair.Server.Of("tools/call");
        Assert.Equal(State, calls[1].Params.GetProperty("requestState").GetRawText());
        Assert.Equal(Responses, calls[1].Params.GetProperty("inputResponses").GetRawText());
        Assert.Equal(State, calls[2].Params.GetProperty("requestState").GetRawText());
        Assert.False(calls[2].Params.TryGetProperty("inputResponses", out _));
    }

    [Fact]
    public async Task State_ThatIsNotOurs_IsRefused_WithoutACall()
    {
        var time = new FakeTimeProvider();
        await using var pair = await InputPair.StartAsync("2026-07-28", "2026-07-28", time: time, inputLimit: TimeSpan.FromMinutes(3));
        pair.Server.OnTool("ask", x => x.ResultAsync("{\"resultType\":\"input_required\",\"requestState\":" + State + "}"));
        var state = (await pair.Client.CallAsync("s_ask", """{"a":1}""")).State();

        await RefusedAsync("s_ask", State, """{"a":1}""");
        await RefusedAsync("s_ask", state[..^3] + (state[^3] == 'A' ? "BA\"" : "AA\""), """{"a":1}""");
        await RefusedAsync("s_ask", state, """{"a":2}""");
        await RefusedAsync("s_other", state, """{"a":1}""");
        time.Advance(TimeSpan.FromMinutes(4));
        await RefusedAsync("s_ask", state, """{"a":1}""");

        Assert.Single(pair.Server.Of("tools/call"));

        async Task RefusedAsync(string tool, string json, string arguments)
        {
            var answer = await pair.Client.RetryAsync(tool, "{}", json, arguments);
            Assert.True(answer.Code == -32602, answer.ToString());
        }
    }

    [Theory]
    [InlineData("{}", """{"e":{"method":"elicitation/create","params":{"message":"m","requestedSchema":{}}}}""", """{"requiredCapabilities":{"elicitation":{"form":{}}}}""")]
    [InlineData("""{"elicitation":{}}""", """{"e":{"method":"elicitation/create","params":{"mode":"url","message":"m","url":"https://x"}}}""", """{"requiredCapabilities":{"elicitation":{"url":{}}}}""")]
    [InlineData("""{"sampling":{}}""", """{"s":{"method":"sampling/createMessage","params":{"messages":[],"maxTokens":1,"tools":[]}}}""", """{"requiredCapabilities":{"sampling":{"tools":{}}}}""")]
    [InlineData("""{"sampling":{}}""", """{"r":{"method":"roots/list"},"s":{"method":"sampling/createMessage","params":{}}}""", """{"requiredCapabilities":{"roots":{}}}""")]
    public async Task Request_ThatTheClientHasNotDeclared_IsAnError(string capabilities, string requests, string data)
    {
        await using var pair = await InputPair.StartAsync("2026-07-28", "2026-07-28", capabilities);
        foreach (var member in (string[])["inputRequests", "input\\u0052equests"])
        {
            pair.Server.OnTool("ask", "{\"resultType\":\"input_required\",\"" + member + "\":" + requests + ",\"requestState\":" + State + "}");

            var answer = await pair.Client.CallAsync("s_ask");

            Assert.Equal((400, -32021), (answer.Status, answer.Code));
            Assert.Equal(data, answer.Error.GetProperty("data").GetRawText());
            Assert.DoesNotContain("inner", answer.Body, StringComparison.Ordinal);
        }
    }

    /// <summary>Only what servers may ask of clients: not whatever else a client or a server answers.</summary>
    [Theory]
    [InlineData("2026-07-28", "tools/list")]
    [InlineData("2026-07-28", "vendor/whatever")]
    [InlineData("2025-11-25", "ping")]
    public async Task Request_ThatNoClientCanBeAsked_DoesNotReachIt(string client, string method)
    {
        await using var pair = await InputPair.StartAsync(client, "2026-07-28");
        pair.Server.OnTool("ask", "{\"resultType\":\"input_required\",\"inputRequests\":{\"a\":{\"method\":\"" + method + "\"}}}");

        var answer = await pair.Client.CallAsync("s_ask");

        Assert.DoesNotContain("\"method\"", answer.Body, StringComparison.Ordinal);
        Assert.True(answer.Code == -31012 || answer.Result.GetProperty("isError").GetBoolean(), answer.ToString());
        Assert.Single(pair.Server.Of("tools/call"));
    }

    [Fact]
    public async Task Call_ThatWasLost_IsMadeOnceMore_ForAClientThatCanBeAskedToo()
    {
        await using var pair = await InputPair.StartAsync("2026-07-28", "2026-07-28", offer: new FakeOffer
        {
            Tools = ["""{"name":"look","inputSchema":{"type":"object"},"annotations":{"readOnlyHint":true}}""", """{"name":"act","inputSchema":{"type":"object"}}"""],
        });
        var tries = 0;
        Task OnceLostAsync(FakeExchange exchange)
        {
            if (Interlocked.Increment(ref tries) > 1)
            {
                return exchange.TextAsync("seen");
            }

            exchange.Abort();
            return Task.CompletedTask;
        }

        pair.Server.OnTool("look", OnceLostAsync).OnTool("act", OnceLostAsync);

        Assert.Equal("seen", (await pair.Client.CallAsync("s_look")).Text);
        tries = 0;
        Assert.Equal(-31011, (await pair.Client.CallAsync("s_act")).Code);
    }
}
