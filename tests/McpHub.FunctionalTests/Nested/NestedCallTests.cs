using System.Text.Json;
using McpHub.Bridging.Inputs;
using McpHub.Configuration;
using McpHub.FunctionalTests.Auditing;
using McpHub.FunctionalTests.Inputs;
using McpHub.NativeTools;
using McpHub.Pipeline.Nested;
using McpHub.Protocol;
using McpHub.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace McpHub.FunctionalTests.Nested;

/// <summary>Calls that a tool of the gateway's makes on its caller's behalf: through the whole pipeline, and in both eras.</summary>
public sealed class NestedCallTests
{
    private const string Form = """{"message":"upstream","requestedSchema":{"type":"object","properties":{}}}""";
    private const string Yes = """{"action":"accept","content":{"n":1}}""";

    private readonly PlanTool _tool = new();

    [Theory]
    [InlineData("2024-11-05")]
    [InlineData("2025-03-26")]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    [InlineData("2026-07-28")]
    public async Task Call_ReachesNativeAndProxiedTools_AndSaysWhatCameOfEach(string revision)
    {
        await using var upstream = await FakeUpstream.StartAsync(Revision.V20251125, FakeOffer.OfTools("work", "fail"));
        upstream.OnTool("work", x => x.TextAsync(x.Request.Params.GetProperty("arguments").GetProperty("a").GetRawText())).OnTool("fail", x => x.ErrorAsync(-32050, "broken"));
        await using var gateway = await StartAsync(new HubConfig { Upstreams = [upstream.Config("s")] });
        var client = await McpClient.ConnectAsync(gateway, InputPair.Parse(revision));

        var answer = await client.CallAsync(PlanTool.Name, """
            {"plan":[{"call":"hub_echo","with":{"message":"ä"}},{"call":"s_work","with":{"a":1.0}},{"call":"s_fail"},{"call":"nowhere"},{"ask":"?"}]}
            """);

        var results = Results(answer);
        Assert.Equal("ä", TextOf(results[0]));
        Assert.Equal("1.0", TextOf(results[1]));
        Assert.Equal("broken", results[2].GetProperty("error").GetString());
        Assert.Equal(-32050, results[2].GetProperty("code").GetInt32());
        Assert.Equal("Unknown tool: nowhere", results[3].GetProperty("error").GetString());
        Assert.True(results[4].GetProperty("isError").GetBoolean());
        await gateway.StillServesAsync();
    }

    [Fact]
    public async Task Call_TellsAModernClientOfProgress_UnderItsOwnToken()
    {
        await using var gateway = await StartAsync(new HubConfig());
        var client = await McpClient.ConnectAsync(gateway, Revision.V20260728);

        var answer = await client.CallAsync(PlanTool.Name, """{"plan":[{"call":"hub_echo","with":{"message":"a"}},{"call":"hub_echo","with":{"message":"b"}}]}""", "\"progressToken\":\"mine\"");

        Assert.Equal(
            ["""{"progressToken":"mine","progress":0,"total":2,"message":"step 0"}""", """{"progressToken":"mine","progress":1,"total":2,"message":"step 1"}"""],
            answer.Notifications.Select(n => n.GetProperty("params").GetRawText()));
    }

    [Theory]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    [InlineData("2026-07-28")]
    public async Task Upstream_ThatAsksDuringANestedCall_ReachesTheClient(string server)
    {
        await using var upstream = await FakeUpstream.StartAsync(InputPair.Parse(server), FakeOffer.OfTools("ask"));
        var got = new List<string>();
        upstream.OnTool("ask", async x =>
        {
            if (!InputPair.Parse(server).IsModern())
            {
                got.Add(JsonElement.Parse("{" + await upstream.AskAsync(x, "elicitation/create", Form) + "}").GetProperty("result").GetRawText());
                await x.TextAsync("done");
            }
            else if (x.Request.Params.TryGetProperty("inputResponses", out var responses))
            {
                got.Add(responses.GetProperty("q").GetRawText());
                await x.TextAsync("done");
            }
            else
            {
                await x.ResultAsync("""{"resultType":"input_required","inputRequests":{"q":{"method":"elicitation/create","params":""" + Form + "}},\"requestState\":\"s\"}");
            }
        });
        await using var gateway = await StartAsync(new HubConfig { Upstreams = [upstream.Config("s")] });
        const string Plan = """{"plan":[{"call":"s_ask"},{"ask":"own"}]}""";

        var modern = await McpClient.ConnectAsync(gateway, Revision.V20260728);
        modern.Capabilities = InputPair.Everything;
        var rounds = await modern.CompleteAsync(PlanTool.Name, _ => Yes, Plan);
        var session = await McpClient.ConnectAsync(gateway, Revision.V20251125, capabilities: InputPair.Everything);
        var legacy = await new AskedClient(session, _ => "\"result\":" + Yes).CallAsync(PlanTool.Name, Plan);

        Assert.Equal(3, rounds.Count);
        foreach (var results in new[] { Results(rounds[^1]), Results(legacy) })
        {
            Assert.Equal("done", TextOf(results[0]));
            Assert.Equal(Yes, results[1].GetProperty("answer").GetRawText());
        }

        Assert.Equal([Yes, Yes], got);
        Assert.Equal(2, _tool.Runs);
        Assert.Equal(0, gateway.Services.GetRequiredService<ParkedCalls>().Count);
        Assert.Empty(gateway.Log.Faults);
    }

    [Fact]
    public async Task State_OfAParkedRun_IsGoodOnce_AndForItsOwnArgumentsAlone()
    {
        await using var gateway = await StartAsync(new HubConfig());
        var client = await McpClient.ConnectAsync(gateway, Revision.V20260728);
        client.Capabilities = InputPair.Everything;
        const string Plan = """{"plan":[{"ask":"?"}]}""";
        var first = await client.CallAsync(PlanTool.Name, Plan);
        var answers = "{\"" + Assert.Single(first.InputRequests()).Name + "\":" + Yes + "}";

        var others = await client.RetryAsync(PlanTool.Name, answers, first.State(), """{"plan":[]}""");
        var last = await client.RetryAsync(PlanTool.Name, answers, first.State(), Plan);
        var again = await client.RetryAsync(PlanTool.Name, answers, first.State(), Plan);

        Assert.Equal(-32602, others.Code);
        Assert.Equal(Yes, Results(last)[0].GetProperty("answer").GetRawText());
        Assert.Equal(-32602, again.Code);
        Assert.Equal(1, _tool.Runs);
    }

    [Theory]
    [InlineData("""{"plan":[{"ask":"?"},{"call":"hub_echo","with":{"message":"a"}}]}""")]
    [InlineData("""{"plan":[{"call":"run_plan","with":{"plan":[{"ask":"?"},{"call":"hub_echo","with":{"message":"a"}}]}}]}""")]
    public async Task ParkedRun_GoesOnWithWhatItsCallerMayHaveThen(string plan)
    {
        await using var gateway = await StartAsync(new HubConfig());
        var client = await McpClient.ConnectAsync(gateway, Revision.V20260728);
        client.Capabilities = InputPair.Everything;
        var first = await client.CallAsync(PlanTool.Name, plan);
        var answers = "{\"" + Assert.Single(first.InputRequests()).Name + "\":" + Yes + "}";

        var policy = new PolicyConfig { Rules = [new PolicyRuleConfig { Id = "no", Effect = PolicyEffect.Deny, Tools = ["hub_echo"] }] };
        await gateway.Runtime.ApplyAsync(gateway.Runtime.Config with { Gateway = new GatewayConfig { Policy = policy } }, TestContext.Current.CancellationToken);
        var last = await client.RetryAsync(PlanTool.Name, answers, first.State(), plan);

        Assert.Contains("Unknown tool: hub_echo", last.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ParkedRun_EndsInTheEnd_HoweverOftenItsClientComesBack()
    {
        var time = new FakeTimeProvider();
        await using var gateway = await StartAsync(new HubConfig(), time);
        var client = await McpClient.ConnectAsync(gateway, Revision.V20260728);
        client.Capabilities = InputPair.Everything;
        var plan = "{\"plan\":[" + string.Join(',', Enumerable.Repeat("{\"ask\":\"?\"}", 20)) + "]}";

        // Out of step with what comes due each second, which would else be taken for the pause in some round.
        time.Advance(TimeSpan.FromMilliseconds(37));
        var answer = await RoundAsync(client.CallAsync(PlanTool.Name, plan));
        for (var rounds = 0; answer.NeedsInput() && rounds < 20; rounds++)
        {
            time.Advance(TimeSpan.FromMinutes(4));
            answer = await RoundAsync(client.RetryAsync(PlanTool.Name, "{\"" + Assert.Single(answer.InputRequests()).Name + "\":" + Yes + "}", answer.State(), plan));
        }

        // Told by the last round, or found out by coming back too late for it.
        Assert.Contains(answer.Code, new[] { -31014, -32602 });
        await Patience.UntilAsync(() => _tool.Cancelled == 1, "the run is cancelled");
        Assert.Equal(0, gateway.Services.GetRequiredService<ParkedCalls>().Count);
        Assert.Empty(gateway.Log.Faults);

        async Task<HttpAnswer> RoundAsync(Task<HttpAnswer> call)
        {
            await Patience.UntilAsync(() => call.IsCompleted || time.HasTimer(Conversation.GatheringPause), "the run is about to be parked");
            time.Advance(Conversation.GatheringPause);
            return await call;
        }
    }

    [Fact]
    public async Task ParkedRun_ThatNobodyComesBackFor_Ends()
    {
        var time = new FakeTimeProvider();
        await using var gateway = await StartAsync(new HubConfig(), time);
        var client = await McpClient.ConnectAsync(gateway, Revision.V20260728);
        client.Capabilities = InputPair.Everything;
        var call = client.CallAsync(PlanTool.Name, """{"plan":[{"ask":"?"},{"call":"hub_echo"}]}""");
        await Patience.UntilAsync(() => time.HasTimer(Conversation.GatheringPause), "the run is about to be parked");
        time.Advance(Conversation.GatheringPause);
        Assert.True((await call).NeedsInput());

        time.Advance(TimeSpan.FromHours(1));

        await Patience.UntilAsync(() => _tool.Cancelled == 1, "the run is cancelled");
        Assert.Equal(0, gateway.Services.GetRequiredService<ParkedCalls>().Count);
        Assert.Empty(gateway.Log.Faults);
    }

    [Fact]
    public async Task Client_ThatGoesAway_EndsTheRunAndWhatItCalls()
    {
        await using var upstream = await FakeUpstream.StartAsync(Revision.V20260728, FakeOffer.OfTools("hang"));
        var ended = new TaskCompletionSource();
        upstream.OnTool("hang", async x =>
        {
            using var gone = x.Aborted.Register(() => ended.TrySetResult());
            await x.HangAsync();
        });
        await using var gateway = await StartAsync(new HubConfig { Upstreams = [upstream.Config("s")] });
        var client = await McpClient.ConnectAsync(gateway, Revision.V20260728);
        using var leaving = new CancellationTokenSource();
        using var request = client.Request("tools/call", Rpc.Call(PlanTool.Name, """{"plan":[{"call":"s_hang"}]}"""));
        var call = client.SendAsync(request, leaving.Token);
        await upstream.WaitForAsync("tools/call");

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await ended.Task.WithinLimitAsync("the server's call is cancelled");
        await Patience.UntilAsync(() => _tool.Cancelled == 1, "the run is cancelled");
        await gateway.StillServesAsync();
    }

    [Fact]
    public async Task Call_ThatTakesLongerThanItMay_HasTimedOut_AndTheRunGoesOn()
    {
        await using var upstream = await FakeUpstream.StartAsync(Revision.V20251125, FakeOffer.OfTools("hang"));
        upstream.OnTool("hang", x => x.HangAsync());
        await using var gateway = await StartAsync(new HubConfig { Upstreams = [upstream.Config("s")] });
        var client = await McpClient.ConnectAsync(gateway, Revision.V20251125);

        var results = Results(await client.CallAsync(PlanTool.Name, """{"plan":[{"call":"s_hang","timeout":50},{"call":"hub_echo","with":{"message":"on"}}]}"""));

        Assert.Contains("took more than 0.05 s", results[0].GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal("on", TextOf(results[1]));
    }

    [Fact]
    public async Task Runs_AreInsideEachOther_FourDeepAtMost()
    {
        await using var gateway = await StartAsync(new HubConfig());
        var client = await McpClient.ConnectAsync(gateway, Revision.V20251125);
        var plan = """{"plan":[{"call":"hub_echo","with":{"message":"in"}}]}""";
        for (var i = 1; i < NestedRuns.MostDeep; i++)
        {
            plan = "{\"plan\":[{\"call\":\"run_plan\",\"with\":" + plan + "}]}";
        }

        var deepest = Structured(await client.CallAsync(PlanTool.Name, plan));
        var tooDeep = Structured(await client.CallAsync(PlanTool.Name, "{\"plan\":[{\"call\":\"run_plan\",\"with\":" + plan + "}]}"));

        for (var i = 1; i < NestedRuns.MostDeep; i++)
        {
            Assert.Equal(i, deepest.GetProperty("depth").GetInt32());
            deepest = Inner(deepest);
            tooDeep = Inner(tooDeep);
        }

        Assert.Equal("in", TextOf(deepest.GetProperty("results")[0]));
        Assert.Contains("4 deep at most", Inner(tooDeep).GetProperty("results")[0].GetProperty("error").GetString(), StringComparison.Ordinal);

        static JsonElement Inner(JsonElement run) => run.GetProperty("results")[0].GetProperty("result").GetProperty("structuredContent");
    }

    [Fact]
    public async Task Call_IsPermittedRecordedAndCached_AsTheCallersOwn()
    {
        using var records = new AuditRecords();
        await using var upstream = await FakeUpstream.StartAsync(Revision.V20251125, FakeOffer.OfTools("read", "secret"));
        upstream.OnTool("read", x => x.TextAsync("value"));
        await using (var gateway = await StartAsync(new HubConfig
        {
            Upstreams = [upstream.Config("s")],
            Gateway = new GatewayConfig
            {
                Audit = new AuditConfig { Enabled = true, Path = records.Folder },
                Cache = new CacheConfig { Enabled = true, Tools = new Dictionary<string, CacheToolConfig> { ["s_read"] = new() { Ttl = TimeSpan.FromHours(1), RequireReadOnlyHint = false } } },
                Policy = new PolicyConfig { Rules = [new PolicyRuleConfig { Id = "some", Effect = PolicyEffect.Allow, Tools = ["s_read", PlanTool.Name] }] },
            },
        }))
        {
            var client = await McpClient.ConnectAsync(gateway, Revision.V20251125);

            var results = Results(await client.CallAsync(PlanTool.Name, """{"plan":[{"call":"s_read"},{"call":"s_read"},{"call":"s_secret"}]}"""));

            Assert.Equal([false, true], results.Take(2).Select(r => r.GetProperty("cached").GetBoolean()));
            Assert.Equal("Unknown tool: s_secret", results[2].GetProperty("error").GetString());
        }

        Assert.Single(upstream.Of("tools/call"));
        Assert.Equal(2, records.OfTarget("s_read").Count);
        Assert.All(records.OfTarget("s_read"), r => Assert.Equal(1, r.GetProperty("depth").GetInt32()));
        Assert.Equal("denied", AuditRecords.Text(Assert.Single(records.OfTarget("s_secret")), "outcome"));
        Assert.False(Assert.Single(records.OfTarget(PlanTool.Name)).TryGetProperty("depth", out _));
    }

    [Fact]
    public async Task Run_HoldsNoPlaceOfItsOwn_WherePlacesAreFew()
    {
        var limits = new LimitsConfig
        {
            Rules = [new LimitRuleConfig { Name = "one", Per = LimitScope.Global, Kind = LimitKind.Concurrency, Permits = 1 }],
        };
        await using var gateway = await StartAsync(new HubConfig { Gateway = new GatewayConfig { Limits = limits } });
        var client = await McpClient.ConnectAsync(gateway, Revision.V20251125);

        var results = Results(await client.CallAsync(PlanTool.Name, """{"plan":[{"call":"run_plan","with":{"plan":[{"call":"hub_echo","with":{"message":"a"}}]}}]}"""));

        Assert.Equal("a", TextOf(results[0].GetProperty("result").GetProperty("structuredContent").GetProperty("results")[0]));
    }

    private static JsonElement[] Results(HttpAnswer answer) => [.. Structured(answer).GetProperty("results").EnumerateArray()];

    /// <summary>What the tool gave, which clients before 2025-06-18 read from its text.</summary>
    private static JsonElement Structured(HttpAnswer answer) => JsonElement.Parse(answer.Text!);

    private static string? TextOf(JsonElement result) => result.TryGetProperty("result", out var given)
        ? given.GetProperty("content")[0].GetProperty("text").GetString()
        : throw new InvalidOperationException($"An error: {result}");

    private Task<GatewayHost> StartAsync(HubConfig config, TimeProvider? time = null) => GatewayHost.StartAsync(config, time, configure: builder =>
        builder.Services.AddSingleton(s => GatewayTool.SetOf(_tool, s.GetRequiredService<NestedRuns>())));
}
