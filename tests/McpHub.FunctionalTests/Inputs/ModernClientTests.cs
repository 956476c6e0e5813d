using McpHub.Bridging.Inputs;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Inputs;

/// <summary>What a legacy server asks during the call of a modern client (T7).</summary>
public sealed class ModernClientTests
{
    private const string Sampling = """{"messages":[{"role":"user","content":{"type":"text","text":"a\u00e4\/"}}],"maxTokens":1,"f":1.0}""";
    private const string Form = """{"message":"m","requestedSchema":{"type":"object","properties":{}}}""";
    private const string Message = """{"role":"assistant","content":{"type":"text","text":"\u00e4\/"},"model":"m","f":1.0}""";
    private const string Roots = """{"roots":[{"uri":"file:///h"}]}""";
    private const string Verbose = """
        "io.modelcontextprotocol/logLevel":"debug","progressToken":"p"
        """;

    [Theory]
    [MemberData(nameof(InputPair.LegacyRevisions), MemberType = typeof(InputPair))]
    public async Task Call_GoesOn_WithWhatTheClientBrings_AndRunsOnce(string server)
    {
        await using var pair = await InputPair.StartAsync("2026-07-28", server);
        var runs = 0;
        var got = new List<string>();
        pair.Server.OnTool("ask", async x =>
        {
            runs++;
            await x.NotifyAsync("notifications/message", """{"level":"info","data":"first"}""");
            await x.NotifyAsync("notifications/progress", "{\"progressToken\":" + x.Request.Meta("progressToken").GetRawText() + ",\"progress\":1}");
            got.Add(await pair.Server.AskAsync(x, "sampling/createMessage", Sampling[..^1] + ",\"_meta\":{\"progressToken\":1},\"task\":{}}"));
            await x.NotifyAsync("notifications/message", """{"level":"info","data":"second"}""");
            got.Add(await pair.Server.AskAsync(x, "roots/list", null));
            await x.TextAsync("done");
        });

        var first = await pair.Client.CallAsync("s_ask", meta: Verbose);

        Assert.True(first.NeedsInput());
        Assert.Equal(["notifications/message", "notifications/progress"], first.Notifications.Select(n => n.GetProperty("method").GetString()));
        var request = Assert.Single(first.InputRequests());
        Assert.Equal("{\"method\":\"sampling/createMessage\",\"params\":" + Sampling + "}", request.Value.GetRawText());
        Assert.Equal(1, pair.Parked());

        var second = await pair.Client.RetryAsync("s_ask", "{\"" + request.Name + "\":" + Message + ",\"unknown\":{}}", first.State(), meta: Verbose);

        Assert.Equal("second", Assert.Single(second.Notifications).GetProperty("params").GetProperty("data").GetString());
        request = Assert.Single(second.InputRequests());
        Assert.Equal("""{"method":"roots/list"}""", request.Value.GetRawText());

        var last = await pair.Client.RetryAsync("s_ask", "{\"" + request.Name + "\":" + Roots + "}", second.State(), meta: Verbose);

        Assert.Equal("done", last.Text);
        Assert.Equal("complete", last.Result.GetProperty("resultType").GetString());
        Assert.Equal(["\"result\":" + Message, "\"result\":" + Roots], got);
        Assert.Equal(1, runs);
        Assert.Equal(0, pair.Parked());
    }

    [Fact]
    public async Task Requests_MadeAtOnce_EachGetTheirOwnAnswer()
    {
        await using var pair = await InputPair.StartAsync("2026-07-28", "2025-11-25");
        string[] got = [];
        pair.Server.OnTool("ask", async x =>
        {
            // One after the other on the wire, and all open at once.
            var asked = new List<Task<string>>();
            for (var i = 0; i < 20; i++)
            {
                asked.Add(pair.Server.AskAsync(x, "elicitation/create", Form.Replace("\"m\"", $"\"{i}\"", StringComparison.Ordinal)));
            }

            got = await Task.WhenAll(asked);
            await x.TextAsync("done");
        });

        var answers = await pair.Client.CompleteAsync("s_ask", r => "{\"action\":\"accept\",\"content\":{\"n\":\"" + r.GetProperty("params").GetProperty("message").GetString() + "\"}}");

        Assert.Equal("done", answers[^1].Text);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => "\"result\":{\"action\":\"accept\",\"content\":{\"n\":\"" + i + "\"}}"), got);
        Assert.Single(pair.Server.Of("tools/call"));
    }

    [Fact]
    public async Task Requests_ThatFollowEachOtherClosely_ComeInOneRound()
    {
        var time = new FakeTimeProvider();
        await using var pair = await InputPair.StartAsync("2026-07-28", "2025-11-25", time: time);
        var second = new TaskCompletionSource();
        pair.Server.OnTool("ask", async x =>
        {
            var first = pair.Server.AskAsync(x, "sampling/createMessage", Sampling);
            await second.Task;
            await Task.WhenAll(first, pair.Server.AskAsync(x, "roots/list", null));
            await x.TextAsync("done");
        });
        var called = pair.Client.CallAsync("s_ask");
        await Patience.UntilAsync(() => time.HasTimer(Conversation.GatheringPause), "the first request has come");
        time.Advance(Conversation.GatheringPause / 2);

        second.SetResult();

        await Patience.UntilAsync(() => time.HasTimer(Conversation.GatheringPause), "the second request has come");
        time.Advance(Conversation.GatheringPause);
        Assert.Equal(["sampling/createMessage", "roots/list"], (await called).InputRequests().Select(r => r.Value.GetProperty("method").GetString()));
    }

    [Fact]
    public async Task Answer_ThatIsMissingOrIsNone_IsAskedForAgain()
    {
        await using var pair = await InputPair.StartAsync("2026-07-28", "2025-11-25");
        var got = Asking(pair, "sampling/createMessage", Sampling);
        var answer = await pair.Client.CallAsync("s_ask");
        var key = Assert.Single(answer.InputRequests()).Name;
        foreach (var responses in (string?[])[null, "{}", """{"other":{"role":"assistant"}}""", $$"""{"{{key}}":5}""", "{\"" + key + "\":{\"action\":\"accept\"}}", $$"""{"{{key}}":null}""", $$"""{"{{key}}":[]}"""])
        {
            answer = await pair.Client.RetryAsync("s_ask", responses, answer.State());

            Assert.True(answer.NeedsInput(), $"{responses}: {answer}");
            Assert.Equal(key, Assert.Single(answer.InputRequests()).Name);
        }

        foreach (var responses in (string[])["5", "[]", "\"x\"", "null"])
        {
            // Malformed, which is the client's own mistake: the call waits on.
            Assert.Equal(-32602, (await pair.Client.RetryAsync("s_ask", responses, answer.State())).Code);
        }

        Assert.Equal("done", (await pair.Client.RetryAsync("s_ask", $$"""{"{{key}}":{{Message}}}""", answer.State())).Text);
        Assert.Equal(["\"result\":" + Message], got);
        Assert.Single(pair.Server.Of("tools/call"));
    }

    [Theory]
    [InlineData("""{"action":"decline"}""")]
    [InlineData("""{"action":"cancel","f":1.0}""")]
    [InlineData("""{"action":"accept","content":{"list":["\u00e4"]}}""")]
    public async Task Elicitation_IsAnswered_AsTheUserChose(string response)
    {
        await using var pair = await InputPair.StartAsync("2026-07-28", "2025-11-25");
        var got = Asking(pair, "elicitation/create", """{"mode":"url","message":"m","url":"https://example.com/","elicitationId":"e"}""");

        var answers = await pair.Client.CompleteAsync("s_ask", r =>
        {
            Assert.Equal("""{"mode":"url","message":"m","url":"https://example.com/"}""", r.GetProperty("params").GetRawText());
            return response;
        });

        Assert.Equal("done", answers[^1].Text);
        Assert.Equal(["\"result\":" + response], got);
    }

    [Theory]
    [InlineData("{}", "sampling/createMessage")]
    [InlineData("""{"sampling":{}}""", "elicitation/create")]
    [InlineData("""{"elicitation":{}}""", "roots/list")]
    public async Task Request_ThatTheClientHasNotDeclared_IsRefused(string capabilities, string method)
    {
        await using var pair = await InputPair.StartAsync("2026-07-28", "2025-11-25", capabilities);
        var got = Asking(pair, method, Form);

        Assert.Equal("done", (await pair.Client.CallAsync("s_ask")).Text);

        Assert.StartsWith("\"error\":", Assert.Single(got), StringComparison.Ordinal);
        Assert.DoesNotContain(method.Split('/')[0], pair.Sessions[^1].Params.GetProperty("capabilities").GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Request_ThatTheServerTakesBack_IsNotAskedForAgain(bool isParkedFirst)
    {
        await using var pair = await InputPair.StartAsync("2026-07-28", "2025-11-25");
        var goOn = new TaskCompletionSource();
        var isTakenBack = new TaskCompletionSource();
        string? got = null;
        pair.Server.OnTool("ask", async x =>
        {
            _ = pair.Server.AskAsync(x.SendAsync, "77", "elicitation/create", Form);
            await (isParkedFirst ? goOn.Task : Task.CompletedTask);
            await x.NotifyAsync("notifications/cancelled", """{"requestId":77}""");
            var asked = pair.Server.AskAsync(x, "sampling/createMessage", Sampling);

            // The gateway takes what is on one stream in its order.
            await pair.Server.AskAsync(x, "ping", null);
            isTakenBack.TrySetResult();
            got = await asked;
            await x.TextAsync("done");
        });
        var answer = await pair.Client.CallAsync("s_ask");
        goOn.TrySetResult();
        await isTakenBack.Task.WithinLimitAsync("the second question");

        for (var round = 0; answer.NeedsInput() && answer.InputRequests().All(r => r.Value.GetProperty("method").GetString() == "elicitation/create"); round++)
        {
            Assert.True(round < 2, answer.ToString());
            answer = await pair.Client.RetryAsync("s_ask", """{"elicitation_1":{"action":"accept"}}""", answer.State());
        }

        var key = Assert.Single(answer.InputRequests(), r => r.Value.GetProperty("method").GetString() == "sampling/createMessage").Name;
        answer = await pair.Client.RetryAsync("s_ask", $$"""{"{{key}}":{{Message}}}""", answer.State());
        Assert.Equal("done", answer.Text);
        Assert.Equal("\"result\":" + Message, got);
    }

    [Theory]
    [InlineData("prompts/get", "\"name\":\"s_p\"", """{"messages":[{"role":"user","content":{"type":"text","text":"done"}}]}""")]
    [InlineData("resources/read", "\"uri\":\"file:///r\"", """{"contents":[{"uri":"file:///r","text":"done"}]}""")]
    public async Task PromptsAndResources_MayNeedInputToo(string method, string target, string result)
    {
        var offer = new FakeOffer { Prompts = ["""{"name":"p"}"""], Resources = ["""{"uri":"file:///r","name":"r"}"""] };
        foreach (var client in (string[])["2025-11-25", "2026-07-28"])
        {
            await using var pair = await InputPair.StartAsync(client, "2025-11-25", offer: offer);
            string? got = null;
            pair.Server.On(method, async x =>
            {
                got = await pair.Server.AskAsync(x, "sampling/createMessage", Sampling);
                await x.ResultAsync(result);
            });

            using var request = pair.Client.Request(method, "{" + target + "}");
            var answer = await new AskedClient(pair.Client, _ => "\"result\":" + Message).SendAsync(request);
            if (answer.NeedsInput())
            {
                var key = Assert.Single(answer.InputRequests()).Name;
                answer = await pair.Client.RequestAsync(method, "{" + target + ",\"inputResponses\":{\"" + key + "\":" + Message + "},\"requestState\":" + answer.State() + "}");
            }

            Assert.Contains("done", answer.Result.GetRawText(), StringComparison.Ordinal);
            Assert.Equal("\"result\":" + Message, got);
            Assert.Single(pair.Server.Of(method));
        }
    }

    [Fact]
    public async Task Responses_WithoutAState_OfAClientThatCannotBeAsked_OpenNoSession()
    {
        await using var pair = await InputPair.StartAsync("2026-07-28", "2025-11-25", "{}");

        Assert.Equal("ask", (await pair.Client.RetryAsync("s_ask", "{}", null)).Text);

        Assert.Equal(1, pair.Server.SessionsOpened);
    }

    /// <summary>Has the tool ask once, and keeps what it is answered.</summary>
    private static List<string> Asking(InputPair pair, string method, string? parameters)
    {
        var got = new List<string>();
        pair.Server.OnTool("ask", async x =>
        {
            got.Add(await pair.Server.AskAsync(x, method, parameters));
            await x.TextAsync("done");
        });
        return got;
    }
}
