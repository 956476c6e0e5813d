using McpHub.Bridging.Inputs;
using McpHub.Configuration;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Inputs;

/// <summary>Calls that wait for their client: who may go on with them, and how they end when nobody does (T7).</summary>
public sealed class ParkedCallTests
{
    private const string Form = """{"message":"m","requestedSchema":{"type":"object","properties":{}}}""";
    private const string Accepted = """{"elicitation_1":{"action":"accept","content":{}}}""";
    private const string Arguments = """{"a":1,"b":[true,"x"]}""";

    [Fact]
    public async Task State_IsGood_ForTheSameRequestOnly_AndOnce()
    {
        await using var pair = await InputPair.StartAsync("2026-07-28", "2025-11-25");
        AskAndFinish(pair);
        var answer = await pair.Client.CallAsync("s_ask", Arguments);
        var state = answer.State();
        for (var at = 1; at < state.Length - 1; at += 5)
        {
            var flipped = state[..at] + (state[at] == 'A' ? 'B' : 'A') + state[(at + 1)..];
            await RefusedAsync(pair, "s_ask", flipped, Arguments);
        }

        foreach (var other in (string[])["\"\"", "5", "null", "\"AAAA\"", state[..^5] + "\"", state[..^1] + "AAAA\"", "\"" + new string('A', 100_000) + "\""])
        {
            await RefusedAsync(pair, "s_ask", other, Arguments);
        }

        await RefusedAsync(pair, "s_other", state, Arguments);
        await RefusedAsync(pair, "s_ask", state, "{}");
        await RefusedAsync(pair, "s_ask", state, """{"a":1,"b":[true,"y"]}""");
        await RefusedAsync(pair, "s_ask", state, """{"a":1,"b":["x",true]}""");
        using var prompt = pair.Client.Request("tools/call", "{\"name\":\"s_ask\",\"arguments\":" + Arguments + ",\"extra\":1,\"inputResponses\":" + Accepted + ",\"requestState\":" + state + "}");
        Assert.Equal(-32602, (await pair.Client.SendAsync(prompt, CancellationToken.None)).Code);
        Assert.Equal(1, pair.Parked());

        // The same value in another writing is the same.
        Assert.Equal("done", (await pair.Client.RetryAsync("s_ask", Accepted, state, """{ "b":[true, "x"], "a":1 }""")).Text);

        await RefusedAsync(pair, "s_ask", state, Arguments);
        Assert.Single(pair.Server.Of("tools/call"));
    }

    [Fact]
    public async Task Retries_AtTheSameTime_HaveOneWinner()
    {
        await using var pair = await InputPair.StartAsync("2026-07-28", "2025-11-25");
        var runs = 0;
        AskAndFinish(pair, () => Interlocked.Increment(ref runs));
        for (var round = 1; round <= 20; round++)
        {
            var answer = await pair.Client.CallAsync("s_ask");

            var retries = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => pair.Client.RetryAsync("s_ask", Accepted, answer.State())));

            Assert.Equal("done", Assert.Single(retries, r => r.Code == 0).Text);
            Assert.All(retries.Where(r => r.Code != 0), r => Assert.Equal(-32602, r.Code));
            Assert.Equal(round, runs);
        }

        Assert.Equal(0, pair.Parked());
    }

    [Fact]
    public async Task Call_ThatNobodyComesBackFor_IsEnded()
    {
        var time = new FakeTimeProvider();
        await using var pair = await InputPair.StartAsync("2026-07-28", "2025-11-25", time: time, inputLimit: TimeSpan.FromMinutes(3));
        var got = new TaskCompletionSource<string>();
        pair.Server.OnTool("ask", async x =>
        {
            got.TrySetResult(await pair.Server.AskAsync(x, "elicitation/create", Form));
            await x.HangAsync();
        });
        var called = pair.Client.CallAsync("s_ask");
        await Patience.UntilAsync(() => time.HasTimer(Conversation.GatheringPause), "the call is about to be parked");
        time.Advance(Conversation.GatheringPause);
        var answer = await called;
        time.Advance(TimeSpan.FromMinutes(3) - TimeSpan.FromSeconds(2));
        Assert.Equal(1, pair.Parked());

        time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal("""
            "result":{"action":"cancel"}
            """.Trim(), await got.Task.WithinLimitAsync("the server's answer"));
        await pair.Server.WaitForAsync("notifications/cancelled");
        Assert.Equal(0, pair.Parked());
        Assert.Equal(-32602, (await pair.Client.RetryAsync("s_ask", Accepted, answer.State())).Code);
        Assert.Single(pair.Server.Of("tools/call"));
    }

    [Fact]
    public async Task Disconnect_WhileTheCallGoesOn_CancelsIt()
    {
        await using var pair = await InputPair.StartAsync("2026-07-28", "2025-11-25");
        var goesOn = new TaskCompletionSource();
        pair.Server.OnTool("ask", async x =>
        {
            await pair.Server.AskAsync(x, "elicitation/create", Form);
            goesOn.TrySetResult();
            await x.HangAsync();
        });
        var answer = await pair.Client.CallAsync("s_ask");
        using var gone = new CancellationTokenSource();
        using var retry = pair.Client.Retry("s_ask", Accepted, answer.State());
        var sent = pair.Client.SendAsync(retry, gone.Token);
        await goesOn.Task.WithinLimitAsync("the call to go on");

        await gone.CancelAsync();

        var call = pair.Server.Of("tools/call").Single();
        var cancelled = await pair.Server.WaitForAsync("notifications/cancelled");
        Assert.Equal(call.Id, cancelled.Params.GetProperty("requestId").GetRawText());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sent);
        Assert.Equal(-32602, (await pair.Client.RetryAsync("s_ask", Accepted, answer.State())).Code);
        Assert.Equal(0, pair.Parked());
    }

    [Fact]
    public async Task Server_ThatIsLostMeanwhile_IsReportedOnce()
    {
        await using var pair = await InputPair.StartAsync("2026-07-28", "2025-11-25");
        var die = new TaskCompletionSource();
        pair.Server.OnTool("ask", async x =>
        {
            _ = pair.Server.AskAsync(x, "elicitation/create", Form);
            await die.Task;
            x.Abort();
        });
        var answer = await pair.Client.CallAsync("s_ask");
        die.SetResult();

        answer = await pair.Client.RetryAsync("s_ask", Accepted, answer.State());

        Assert.True(answer.Code != 0, answer.ToString());
        Assert.Contains("may have run", answer.Error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, pair.Parked());
        Assert.Single(pair.Server.Of("tools/call"));
    }

    [Fact]
    public async Task Reload_ThatTakesTheServerAway_EndsItsCalls()
    {
        await using var pair = await InputPair.StartAsync("2026-07-28", "2025-11-25");
        var ended = new TaskCompletionSource();
        pair.Server.OnTool("ask", async x =>
        {
            _ = pair.Server.AskAsync(x, "elicitation/create", Form);
            await x.HangAsync();
            ended.SetResult();
        });
        var answer = await pair.Client.CallAsync("s_ask");

        await pair.Gateway.Runtime.ApplyAsync(new HubConfig { Gateway = new GatewayConfig { BuiltInTools = false } }, TestContext.Current.CancellationToken);

        await ended.Task.WithinLimitAsync("the end of the call");
        Assert.Equal(-32602, (await pair.Client.RetryAsync("s_ask", Accepted, answer.State())).Code);
    }

    [Fact]
    public async Task ParkedCalls_AreBounded_AndEndWithTheGateway()
    {
        await using var pair = await InputPair.StartAsync("2026-07-28", "2025-11-25");
        AskAndFinish(pair);
        var first = await pair.Client.CallAsync("s_ask");
        var calls = await Task.WhenAll(Enumerable.Range(0, 1009).Select(_ => pair.Client.CallAsync("s_ask")));

        Assert.Equal(999, calls.Count(c => c.NeedsInput()));
        Assert.All(calls.Where(c => !c.NeedsInput()), c => Assert.Contains("Too many calls wait", c.Error.GetProperty("message").GetString(), StringComparison.Ordinal));
        Assert.Equal(1000, pair.Parked());

        // One goes, and there is room for one.
        Assert.Equal("done", (await pair.Client.RetryAsync("s_ask", Accepted, first.State())).Text);
        Assert.True((await pair.Client.CallAsync("s_ask")).NeedsInput());
        await pair.Gateway.DisposeAsync().AsTask().WithinLimitAsync("the gateway to stop");
    }

    private static void AskAndFinish(InputPair pair, Action? onRun = null) => pair.Server.OnTool("ask", async x =>
    {
        onRun?.Invoke();
        await pair.Server.AskAsync(x, "elicitation/create", Form);
        await x.TextAsync("done");
    });

    private static async Task RefusedAsync(InputPair pair, string tool, string state, string arguments)
    {
        var answer = await pair.Client.RetryAsync(tool, Accepted, state, arguments);
        Assert.True(answer.Code == -32602, $"{tool} {arguments} {state}: {answer}");
    }
}
