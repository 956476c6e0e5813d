using System.Text.Json;
using McpHub.Configuration;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Inputs;

/// <summary>
/// Servers on whose one stream nothing tells which call a request is about (HTTP+SSE, as the gateway finds it out by itself).
/// </summary>
public sealed class OneStreamTests
{
    private const string Form = """{"message":"m","requestedSchema":{"type":"object","properties":{}}}""";
    private const string Accepted = """{"elicitation_1":{"action":"accept","content":{}}}""";

    [Fact]
    public async Task ModernCalls_AtTheSameTime_RunInSessionsOfTheirOwn()
    {
        await using var server = await StartServerAsync();
        await using var gateway = await GatewayHost.StartAsync(server.Config("s"));
        var both = new TaskCompletionSource();
        var running = 0;
        server.OnTool("ask", async x =>
        {
            if (Interlocked.Increment(ref running) == 2)
            {
                both.SetResult();
            }

            await both.Task;
            var tag = x.Request.Params.GetProperty("arguments").GetProperty("tag").GetString()!;
            var got = await server.AskAsync(x, "elicitation/create", Form.Replace("\"m\"", $"\"{tag}\"", StringComparison.Ordinal));
            await x.TextAsync(got.Contains($"\"{tag}\"", StringComparison.Ordinal) ? tag : "wrong");
        });

        var answers = await Task.WhenAll(CompleteAsync("one"), CompleteAsync("two"));

        Assert.Equal(["one", "two"], answers);

        async Task<string> CompleteAsync(string tag)
        {
            var client = await ConnectAsync(gateway);
            var rounds = await client.CompleteAsync(
                "s_ask", r => "{\"action\":\"accept\",\"content\":{\"t\":\"" + r.GetProperty("params").GetProperty("message").GetString() + "\"}}", "{\"tag\":\"" + tag + "\"}");
            return rounds[^1].Text!;
        }
    }

    [Fact]
    public async Task Request_OfACallThatWasBrokenOff_DoesNotReachTheNextClient()
    {
        await using var server = await StartServerAsync();
        await using var gateway = await GatewayHost.StartAsync(server.Config("s"));
        var goesOn = new TaskCompletionSource();
        var late = new TaskCompletionSource();
        var refused = new TaskCompletionSource<string>();
        server.OnTool("ask", async x =>
        {
            await server.AskAsync(x, "elicitation/create", Form);
            goesOn.SetResult();
            await late.Task;
            refused.SetResult(await server.AskAsync(x, "elicitation/create", Form));
        });
        server.OnTool("other", async x =>
        {
            late.SetResult();
            await refused.Task;
            await x.TextAsync("other");
        });
        var first = await ConnectAsync(gateway);
        var second = await ConnectAsync(gateway);
        var answer = await first.CallAsync("s_ask");
        using var gone = new CancellationTokenSource();
        using var retry = first.Retry("s_ask", Accepted, answer.State());
        var sent = first.SendAsync(retry, gone.Token);
        await goesOn.Task.WithinLimitAsync("the call to go on");
        await gone.CancelAsync();
        await server.WaitForAsync("notifications/cancelled");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sent);

        answer = await second.CallAsync("s_other");

        Assert.False(answer.NeedsInput(), answer.ToString());
        Assert.Equal("other", answer.Text);
        Assert.StartsWith("\"error\":", await refused.Task, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LegacyClientsQuestion_Outlives_ItsOtherCalls()
    {
        await using var server = await StartServerAsync();
        await using var gateway = await GatewayHost.StartAsync(server.Config("s"));
        var otherRuns = new TaskCompletionSource();
        var asked = new TaskCompletionSource<JsonElement>();
        string? got = null;
        server.OnTool("ask", async x =>
        {
            await otherRuns.Task;
            got = await server.AskAsync(x, "elicitation/create", Form);
            await x.TextAsync("done");
        });
        server.OnTool("other", async x =>
        {
            otherRuns.SetResult();
            await asked.Task;
            await x.TextAsync("other");
        });
        var session = await McpClient.ConnectAsync(gateway, Protocol.Revision.V20251125, capabilities: InputPair.Everything);
        var client = new AskedClient(session, m =>
        {
            asked.TrySetResult(m.GetProperty("id"));
            return null;
        });
        var asking = client.CallAsync("s_ask");
        await server.WaitForAsync(r => r.Tool == "ask");

        // The later call ends before the question of the earlier one is answered.
        Assert.Equal("other", (await client.CallAsync("s_other")).Text);
        var id = await asked.Task;
        await session.PostAsync(Rpc.Result(id.GetRawText(), """{"action":"decline"}"""));

        Assert.Equal("done", (await asking).Text);
        Assert.Equal("""
            "result":{"action":"decline"}
            """.Trim(), got);
    }

    [Fact]
    public async Task Sessions_AreBounded_AndACallThatGetsNone_HasNotRun()
    {
        await using var server = await StartServerAsync();
        await using var gateway = await GatewayHost.StartAsync(new HubConfig
        {
            Upstreams = [server.Config("s")],
            Gateway = new GatewayConfig { Timeouts = new TimeoutsConfig { Call = TimeSpan.FromSeconds(5) } },
        });
        server.OnTool("ask", async x =>
        {
            await server.AskAsync(x, "elicitation/create", Form);
            await x.TextAsync("done");
        });
        var client = await ConnectAsync(gateway);
        var parked = new List<HttpAnswer>();
        while (parked.Count < 32)
        {
            // Each opens a session first, which takes of its time; few at once leave each other enough of it.
            parked.AddRange(await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => client.CallAsync("s_ask"))));
        }

        Assert.All(parked, p => Assert.True(p.NeedsInput(), p.ToString()));

        var refused = await client.CallAsync("s_other");

        Assert.Contains("has not run", refused.Error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(server.Requests, r => r.Tool == "other");

        // Whoever waits gets the first that becomes free.
        var waiting = client.CallAsync("s_other");
        Assert.Equal("done", (await client.RetryAsync("s_ask", Accepted, parked[0].State())).Text);
        Assert.Equal("other", (await waiting).Text);
    }

    private static Task<FakeUpstream> StartServerAsync() =>
        FakeUpstream.StartAsync(Protocol.Revision.V20251125, FakeOffer.OfTools("ask", "other"), FakeFlavour.Sse);

    private static async Task<McpClient> ConnectAsync(GatewayHost gateway)
    {
        var client = await McpClient.ConnectAsync(gateway, Protocol.Revision.V20260728);
        client.Capabilities = InputPair.Everything;
        return client;
    }
}
