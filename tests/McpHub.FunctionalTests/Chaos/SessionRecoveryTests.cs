using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Testing;
using McpHub.Upstreams;

namespace McpHub.FunctionalTests.Chaos;

/// <summary>Servers that forget, vanish and come back. No call runs twice.</summary>
public sealed class SessionRecoveryTests
{
    private static readonly int[] Callers = [1, 2, 20];

    [Fact]
    public async Task Session_IsOpenedOnceMore_ForAllCallsThatFindItForgotten()
    {
        await using var pair = await ChaosPair.StartAsync(UpstreamKind.Legacy, _ => { });
        foreach (var callers in Callers)
        {
            var opened = pair.Bad.SessionsOpened;
            pair.Bad.ForgetSessions();

            var answers = await Task.WhenAll(Enumerable.Range(0, callers).Select(i => pair.Client.CallAsync("bad_echo", "{\"caller\":\"" + callers + "-" + i + "\"}")));

            Assert.All(answers, a => Assert.Equal("echo", a.Text));
            Assert.Equal(opened + 1, pair.Bad.SessionsOpened);
        }

        await pair.OthersStillServeAsync();
    }

    [Fact]
    public async Task Call_RunsExactlyOnce_WhateverIsForgottenMeanwhile()
    {
        var executed = new System.Collections.Concurrent.ConcurrentDictionary<string, int>();
        await using var pair = await ChaosPair.StartAsync(UpstreamKind.Legacy, f => f.OnTool("echo", x =>
        {
            executed.AddOrUpdate(x.Request.Params.GetProperty("arguments").GetRawText(), 1, (_, n) => n + 1);
            return x.TextAsync("echo");
        }));
        var forgetting = 0;

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async worker =>
        {
            var texts = new List<string?>();
            for (var i = 0; i < 25; i++)
            {
                if (worker == 0 && i % 5 == 4 && forgetting++ < 5)
                {
                    pair.Bad.ForgetSessions();
                }

                var answer = await pair.Client.CallAsync("bad_echo", "{\"call\":\"" + worker + "-" + i + "\"}");
                texts.Add(answer.Code == 0 ? answer.Text : answer.Body);
            }

            return texts;
        }));

        Assert.All(executed.Values, n => Assert.Equal(1, n));

        // Forgotten again between its two tries, a call may fail; it says so, and has not run.
        var failed = answers.SelectMany(a => a).Where(a => a != "echo").ToArray();
        Assert.All(failed, f => Assert.Contains("has not run", f, StringComparison.Ordinal));
        Assert.Equal(200 - failed.Length, executed.Count);
        await pair.OthersStillServeAsync();
    }

    [Fact]
    public async Task Call_WaitsForTheNewSession_WhenItComesWhileItIsOpened()
    {
        var opening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var pair = await ChaosPair.StartAsync(UpstreamKind.Legacy, _ => { });
        var isFirst = true;
        pair.Bad.OnHttp = async (_, request) =>
        {
            if (request.Method == "initialize" && isFirst)
            {
                isFirst = false;
                opening.SetResult();
                await go.Task;
            }

            return false;
        };
        pair.Bad.ForgetSessions();
        var first = pair.Client.CallAsync("bad_echo");
        await opening.Task.WithinLimitAsync("the new handshake");

        var second = pair.Client.CallAsync("bad_echo");

        // It must not go out without a session; give it every chance to.
        for (var i = 0; i < 20 && !second.IsCompleted; i++)
        {
            await pair.OthersStillServeAsync();
        }

        go.SetResult();
        Assert.Equal("echo", (await first).Text);
        Assert.Equal("echo", (await second).Text);
        Assert.Equal(2, pair.Bad.SessionsOpened);
    }

    [Theory]
    [InlineData("text/plain", "Session not found")]
    [InlineData("application/json", """{"jsonrpc":"2.0","error":{"code":-32001,"message":"Session not found"},"id":null}""")]
    [InlineData("application/json", """{"jsonrpc":"2.0","error":{"code":-32600,"message":"Session not found"},"id":"server-error"}""")]
    [InlineData("application/json", """{"jsonrpc":"2.0","error":{"code":-32000,"message":"Bad session"},"id":ID}""")]
    [InlineData("application/json", """{"error":"session not found"}""")]
    [InlineData("text/html", "<h1>404</h1>")]
    [InlineData("", "")]
    public async Task Session_IsOpenedAgain_HoweverTheServerSaysThatItIsGone(string type, string body)
    {
        await using var pair = await ChaosPair.StartAsync(UpstreamKind.Legacy, _ => { });
        var isForgotten = true;
        pair.Bad.OnHttp = async (http, request) =>
        {
            if (request.Method == "tools/call" && isForgotten)
            {
                isForgotten = false;
                http.Response.StatusCode = 404;
                http.Response.ContentType = type.Length > 0 ? type : null;
                await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(http.Response, body.Replace("ID", request.Id, StringComparison.Ordinal));
                return true;
            }

            return false;
        };

        Assert.Equal("echo", (await pair.Client.CallAsync("bad_echo")).Text);
        Assert.Equal((2, 2), (pair.Bad.SessionsOpened, pair.Bad.Of("tools/call").Count));
    }

    [Fact]
    public async Task Call_FailsClearly_WhenTheServerForgetsForEver()
    {
        await using var pair = await ChaosPair.StartAsync(UpstreamKind.Legacy, _ => { });
        pair.Bad.OnHttp = (http, request) =>
        {
            http.Response.StatusCode = request.Method == "tools/call" ? 404 : 200;
            return Task.FromResult(request.Method == "tools/call");
        };

        var answer = await pair.Client.CallAsync("bad_echo");

        Assert.Equal(-31010, answer.Code);
        Assert.Equal(2, pair.Bad.Of("tools/call").Count);
        await pair.OthersStillServeAsync();
    }

    [Fact]
    public async Task LogLevel_IsToldAgain_ToTheNewSession()
    {
        await using var pair = await ChaosPair.StartAsync(UpstreamKind.Legacy, f => f.Offer = new FakeOffer { HasLogging = true });
        const string Debug = "\"io.modelcontextprotocol/logLevel\":\"debug\"";
        await pair.Client.CallAsync("bad_echo", meta: Debug);
        await pair.Client.CallAsync("bad_echo", meta: Debug);
        Assert.Single(pair.Bad.Of("logging/setLevel"));

        pair.Bad.ForgetSessions();
        await pair.Client.CallAsync("bad_echo");
        await pair.Client.CallAsync("bad_echo", meta: Debug);

        Assert.Equal(2, pair.Bad.Of("logging/setLevel").Count);
    }

    [Fact]
    public async Task Stream_OfTheServersOwnMessages_IsOpenedAgainWithTheNewSession()
    {
        await using var pair = await ChaosPair.StartAsync(UpstreamKind.Legacy, f => f.HasGetStream = true);
        await Patience.UntilAsync(() => pair.Bad.Streams.Count == 1, "the stream is open");

        // The server has restarted: the stream ends, and the next one is refused as long as nobody shakes hands.
        var gets = pair.Bad.Requests.Count(r => r.HttpMethod == "GET");
        pair.Bad.ForgetSessions();
        await pair.Bad.WaitForAsync(r => r.HttpMethod == "GET", gets + 1);
        Assert.Equal("echo", (await pair.Client.CallAsync("bad_echo")).Text);

        await Patience.UntilAsync(() => pair.Bad.Streams.Count == 1, "the stream is open again");
        pair.Bad.Offer = FakeOffer.OfTools("echo", "late");
        await pair.Bad.BroadcastAsync(Rpc.Notification("notifications/tools/list_changed"));
        await pair.Gateway.UntilListedAsync("bad_late");
    }

    [Fact]
    public async Task Lists_AreReadAgain_WhenTheSessionWasLost()
    {
        // A server that forgets has usually been restarted, and may be another version of itself.
        await using var pair = await ChaosPair.StartAsync(UpstreamKind.Legacy, _ => { });
        pair.Bad.Offer = FakeOffer.OfTools("echo", "late");
        pair.Bad.ForgetSessions();

        await pair.Client.CallAsync("bad_echo");

        await pair.Gateway.UntilListedAsync("bad_late");
    }

    [Theory]
    [InlineData(UpstreamKind.Modern)]
    [InlineData(UpstreamKind.Legacy)]
    [InlineData(UpstreamKind.Sse)]
    public async Task Server_IsServed_WhenItComesUpLater(UpstreamKind kind)
    {
        using var port = new ReservedPort();
        var path = kind == UpstreamKind.Sse ? "sse" : "mcp";
        await using var pair = await ChaosPair.StartAsync(
            new UpstreamConfig { Name = "bad", Transport = new HttpTransportConfig { Url = new Uri($"http://127.0.0.1:{port.Number}/{path}") } });
        var down = pair.Gateway.Upstream("bad").State;
        Assert.Contains("connection refused", down.Reason, StringComparison.Ordinal);
        Assert.Contains("connection refused", (await pair.Client.CallAsync("hub_list_servers")).Body, StringComparison.Ordinal);
        await pair.OthersStillServeAsync();

        await using var late = await FakeUpstream.StartAsync(
            kind == UpstreamKind.Modern ? Revision.V20260728 : Revision.V20241105, flavour: kind == UpstreamKind.Sse ? FakeFlavour.Sse : FakeFlavour.Streamable, port: port.Number);

        await pair.Gateway.UntilListedAsync("bad_echo");
        Assert.Equal("echo", (await pair.Client.CallAsync("bad_echo")).Text);
    }

    [Fact]
    public async Task Server_IsAskedAgain_WhenThePauseIsOver()
    {
        var time = new FakeTimeProvider();
        using var port = new ReservedPort();
        var first = await FakeUpstream.StartAsync(Revision.V20260728, port: port.Number);
        await using var pair = await ChaosPair.StartAsync(first.Config("bad"), time: time);
        await first.DisposeAsync();
        Assert.InRange((await pair.Client.CallAsync("bad_echo")).Code, -31011, -31010);
        await pair.Gateway.UntilAsync("bad", UpstreamStatus.Down);
        await using var second = await FakeUpstream.StartAsync(Revision.V20260728, port: port.Number);

        await pair.UntilAnsweredAsync("bad_echo", () => time.Advance(TimeSpan.FromSeconds(1)));
    }
}
