using System.Text.Json;
using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Inputs;

/// <summary>What a modern server wants of a legacy client: real requests while its call waits (T8).</summary>
public sealed class ModernServerTests
{
    private const string State = "\"\\u00e4\\/\\\"1\"";
    private const string Sampling = """{"messages":[],"maxTokens":1,"f":1.0}""";
    private const string Form = """{"mode":"form","message":"m","requestedSchema":{"type":"object","properties":{"c":{"type":"string","oneOf":[{"const":"a","title":"A"}]}}}}""";
    private const string Message = """{"role":"assistant","content":{"type":"text","text":"\u00e4\/"},"model":"m","f":1.0}""";

    [Theory]
    [MemberData(nameof(InputPair.LegacyRevisions), MemberType = typeof(InputPair))]
    public async Task Rounds_BecomeRequests_AndTheAnswersTheNextTry(string client)
    {
        await using var pair = await InputPair.StartAsync(client, "2026-07-28");
        var revision = InputPair.Parse(client);
        var requests = "\"a \\u00e4\":{\"method\":\"sampling/createMessage\",\"params\":" + Sampling + "},\"r\":{\"method\":\"roots/list\"}"
            + (revision >= Revision.V20250618 ? ",\"e\":{\"method\":\"elicitation/create\",\"params\":" + Form + "}" : "");
        var round = 0;
        pair.Server.OnTool("ask", x => ++round switch
        {
            1 => NeedAsync(x, requests, State),
            2 => NeedAsync(x, null, State),
            3 => NeedAsync(x, "\"r\":{\"method\":\"roots/list\",\"params\":{}}", null),
            _ => x.TextAsync("done"),
        });
        var client1 = new AskedClient(pair.Client, AnswerAll);

        var answer = await client1.CallAsync("s_ask", """{"a":1.0}""", id: "\"mine\"");

        Assert.Equal("done", answer.Text);
        Assert.Equal("\"mine\"", answer.Id);
        var calls = pair.Server.Of("tools/call");
        Assert.Equal(4, calls.Count);
        Assert.Equal(4, calls.Select(c => c.Id).Distinct().Count());
        Assert.All(calls, c => Assert.Equal("""{"a":1.0}""", c.Params.GetProperty("arguments").GetRawText()));
        Assert.False(calls[0].Params.TryGetProperty("requestState", out _) || calls[0].Params.TryGetProperty("inputResponses", out _));
        Assert.Equal(State, calls[1].Params.GetProperty("requestState").GetRawText());
        Assert.Equal(
            "{\"a \\u00e4\":" + Message + ",\"r\":{\"roots\":[]}" + (revision >= Revision.V20250618 ? ",\"e\":{\"action\":\"decline\"}" : "") + "}",
            calls[1].Params.GetProperty("inputResponses").GetRawText());
        Assert.Equal(State, calls[2].Params.GetProperty("requestState").GetRawText());
        Assert.False(calls[2].Params.TryGetProperty("inputResponses", out _));
        Assert.Equal("""{"r":{"roots":[]}}""", calls[3].Params.GetProperty("inputResponses").GetRawText());
        Assert.False(calls[3].Params.TryGetProperty("requestState", out _));
        if (revision == Revision.V20250618)
        {
            var form = client1.Asked.Select(a => JsonElement.Parse(a)).Single(a => a.GetProperty("method").GetString() == "elicitation/create");
            Assert.Equal("""{"message":"m","requestedSchema":{"type":"object","properties":{"c":{"type":"string","enum":["a"],"enumNames":["A"]}}}}""", form.GetProperty("params").GetRawText());
        }
    }

    [Fact]
    public async Task Rounds_AreLimited()
    {
        await using var pair = await InputPair.StartAsync("2025-11-25", "2026-07-28");
        pair.Server.OnTool("ask", x => NeedAsync(x, "\"r\":{\"method\":\"roots/list\"}", null));
        var client = new AskedClient(pair.Client, AnswerAll);

        var answer = await client.CallAsync("s_ask");

        Assert.Contains("after 10 rounds", answer.Error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(10, pair.Server.Of("tools/call").Count);
    }

    [Theory]
    [InlineData("sampling/createMessage", true)]
    [InlineData("roots/list", true)]
    [InlineData("elicitation/create", false)]
    public async Task Refusal_ByTheClient_EndsTheCall_UnlessItIsAnAnswer(string method, bool ends)
    {
        await using var pair = await InputPair.StartAsync("2025-11-25", "2026-07-28");
        var round = 0;
        pair.Server.OnTool("ask", x => ++round == 1 ? NeedAsync(x, "\"k\":{\"method\":\"" + method + "\",\"params\":" + Form + "}", State) : x.TextAsync("done"));
        var client = new AskedClient(pair.Client, _ => """
            "error":{"code":-1,"message":"User rejected it"}
            """.Trim());

        var answer = await client.CallAsync("s_ask");

        Assert.Equal(ends ? 1 : 2, pair.Server.Of("tools/call").Count);
        if (ends)
        {
            Assert.True(answer.Result.GetProperty("isError").GetBoolean());
            Assert.Contains("User rejected it", answer.Text, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal("""{"k":{"action":"cancel"}}""", pair.Server.Of("tools/call")[1].Params.GetProperty("inputResponses").GetRawText());
        }
    }

    [Theory]
    [InlineData("sampling/createMessage")]
    [InlineData("elicitation/create")]
    public async Task Client_WhoseCallAcceptsNoStream_IsToldSo(string method)
    {
        await using var pair = await InputPair.StartAsync("2025-11-25", "2026-07-28");
        pair.Server.OnTool("ask", x => NeedAsync(x, "\"k\":{\"method\":\"" + method + "\",\"params\":" + Form + "}", State));
        using var request = pair.Client.Request("tools/call", Rpc.Call("s_ask"));
        request.Headers.Remove("Accept");
        request.Headers.Add("Accept", "application/json");

        var answer = await pair.Client.SendAsync(request, CancellationToken.None);

        Assert.True(answer.Result.GetProperty("isError").GetBoolean());
        Assert.Contains("does not accept an event stream", answer.Text, StringComparison.Ordinal);
        Assert.Single(pair.Server.Of("tools/call"));
    }

    [Fact]
    public async Task Request_ThatTheClientHasNotDeclared_IsNotSent()
    {
        await using var pair = await InputPair.StartAsync("2025-11-25", "2026-07-28", """{"elicitation":{}}""");
        pair.Server.OnTool("ask", x => NeedAsync(x, "\"k\":{\"method\":\"elicitation/create\",\"params\":{\"mode\":\"url\",\"message\":\"m\",\"url\":\"https://example.com\"}}", State));
        var client = new AskedClient(pair.Client, AnswerAll);

        var answer = await client.CallAsync("s_ask");

        Assert.True(answer.Result.GetProperty("isError").GetBoolean());
        Assert.Empty(client.Asked);
        Assert.Equal("""{"elicitation":{"form":{}}}""", pair.Server.Of("tools/call").Single().Meta("io.modelcontextprotocol/clientCapabilities").GetRawText());
    }

    [Fact]
    public async Task Cancel_ByTheClient_EndsTheRounds()
    {
        await using var pair = await InputPair.StartAsync("2025-11-25", "2026-07-28");
        pair.Server.OnTool("ask", x => NeedAsync(x, "\"k\":{\"method\":\"elicitation/create\",\"params\":" + Form + "}", State));
        var asked = new TaskCompletionSource();
        var client = new AskedClient(pair.Client, _ =>
        {
            asked.TrySetResult();
            return null;
        });
        var call = client.CallAsync("s_ask", id: "\"c\"");
        await asked.Task.WithinLimitAsync("the question");

        await pair.Client.NotifyAsync("notifications/cancelled", """{"requestId":"c"}""");

        await call.WithinLimitAsync("the end of the call");
        Assert.Single(pair.Server.Of("tools/call"));
    }

    [Fact]
    public async Task HopError_IsMended_ForAClientThatCanBeAsked()
    {
        var offer = new FakeOffer { Tools = ["""{"name":"ask","inputSchema":{"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"}}}}"""] };
        foreach (var client in (string[])["2025-11-25", "2026-07-28"])
        {
            await using var pair = await InputPair.StartAsync(client, "2026-07-28", offer: offer);
            var tries = 0;
            pair.Server.OnTool("ask", x => ++tries == 1 ? x.ErrorAsync(-32020, "Header mismatch", status: 400) : x.TextAsync("done"));

            using var request = pair.Client.Request("tools/call", Rpc.Call("s_ask", """{"region":"x"}"""));
            request.Headers.Add("Mcp-Param-Region", "x");

            Assert.Equal("done", (await pair.Client.SendAsync(request, CancellationToken.None)).Text);

            // Beside the one that is asked for clients that can do everything.
            Assert.Equal(2, pair.Server.Of("tools/list").Count(r => r.Meta("io.modelcontextprotocol/clientCapabilities").GetRawText() == "{}"));
        }
    }

    [Theory]
    [InlineData("2025-11-25")]
    [InlineData("2026-07-28")]
    public async Task Era_IsFoundOutAnew_WhenAnotherServerAnswers(string client)
    {
        await using var pair = await InputPair.StartAsync(client, "2026-07-28");
        pair.Server.OnTool("ask", x => x.ErrorAsync(-32022, "Unsupported", """{"supported":["2025-11-25"],"requested":"2026-07-28"}""", 400));

        Assert.NotEqual(0, (await pair.Client.CallAsync("s_ask")).Code);

        await pair.Server.WaitForAsync("server/discover", 2);
    }

    [Fact]
    public async Task State_OfAServerThatHasChangedItsEra_IsRefused()
    {
        await using var pair = await InputPair.StartAsync("2026-07-28", "2026-07-28");
        pair.Server.OnTool("ask", x => NeedAsync(x, null, State));
        var state = (await pair.Client.CallAsync("s_ask")).State();
        await using var legacy = await FakeUpstream.StartAsync(Revision.V20251125, FakeOffer.OfTools("ask"));
        await pair.Gateway.Runtime.ApplyAsync(
            new HubConfig { Upstreams = [legacy.Config("s")], Gateway = new GatewayConfig { BuiltInTools = false } }, TestContext.Current.CancellationToken);
        await pair.Gateway.UntilAsync("s", Upstreams.UpstreamStatus.Ready);

        Assert.Equal(-32602, (await pair.Client.RetryAsync("s_ask", null, state)).Code);

        Assert.Empty(legacy.Of("tools/call"));
    }

    private static string AnswerAll(JsonElement request) => "\"result\":" + request.GetProperty("method").GetString() switch
    {
        "roots/list" => """{"roots":[]}""",
        "elicitation/create" => """{"action":"decline"}""",
        _ => Message,
    };

    private static Task NeedAsync(FakeExchange x, string? requests, string? state) => x.ResultAsync(
        "{\"resultType\":\"input_required\"" + (requests is null ? "" : ",\"inputRequests\":{" + requests + "}") + (state is null ? "" : ",\"requestState\":" + state) + "}");
}
