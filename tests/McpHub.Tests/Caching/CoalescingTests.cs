using McpHub.Configuration;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.Tests.Caching;

/// <summary>Equal calls at once.</summary>
public sealed class CoalescingTests
{
    [Fact]
    public async Task EqualCalls_ShareOneCallToTheServer_WhileItRuns()
    {
        using var rig = new CacheRig(CacheRig.ConfigOf());
        var calls = Enumerable.Range(0, 100).Select(i => rig.Call("get", """{"n":1}""", revision: Revisions.All[i % Revisions.All.Count])).ToArray();
        var other = rig.Call("get", """{"n":2}""");

        Assert.Equal(2, rig.Source.Calls.Count);
        rig.Source.Calls[0].Text("one");
        rig.Source.Calls[1].Text("two");

        Assert.All(await Task.WhenAll(calls.Select(c => c.Answer)).WithinLimitAsync("all answers"), a => Assert.Equal("one", a.Text));
        Assert.Equal("two", (await other.Answer.WithinLimitAsync("the other answer")).Text);
        Assert.Equal(0, rig.Cache.Store.FlightCount);
    }

    [Fact]
    public async Task EqualCalls_MakeOneCall_UnderContention()
    {
        for (var round = 0; round < 200; round++)
        {
            using var rig = CachedCallTests.Answering();
            using var start = new Barrier(4);
            var texts = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait();
                    return rig.AskAsync("get");
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default).Unwrap())).WithinLimitAsync("all answers");

            Assert.All(texts, t => Assert.Equal("0", t));
            Assert.Single(rig.Source.Calls);
        }
    }

    [Fact]
    public async Task CallsThatMayNotBeCached_AreEachMade()
    {
        using var rig = new CacheRig(CacheRig.ConfigOf());
        PendingCall[] calls = [rig.Call("set"), rig.Call("set")];

        Assert.Equal(2, rig.Source.Calls.Count);
        rig.Source.Calls[0].Text("1");
        rig.Source.Calls[1].Text("2");
        Assert.Equal(["1", "2"], (await Task.WhenAll(calls.Select(c => c.Answer))).Select(a => a.Text));
    }

    [Fact]
    public async Task Cancel_ConcernsNobodyElse_AndTheLastOneEndsTheCall()
    {
        using var rig = new CacheRig(CacheRig.ConfigOf());
        PendingCall[] calls = [rig.Call("get"), rig.Call("get"), rig.Call("get")];
        var call = Assert.Single(rig.Source.Calls);

        calls[0].Cancel();
        Assert.Equal("Cancelled", (await calls[0].Answer.WithinLimitAsync("the first")).Text);
        Assert.False(call.Cancellation.IsCancellationRequested);
        calls[1].Cancel();
        await calls[1].Answer.WithinLimitAsync("the second");
        Assert.False(call.Cancellation.IsCancellationRequested);
        calls[2].Cancel();
        await calls[2].Answer.WithinLimitAsync("the third");

        Assert.True(call.Cancellation.IsCancellationRequested);
        var next = rig.Call("get");
        rig.Source.Calls[1].Text("new");
        Assert.Equal("new", (await next.Answer.WithinLimitAsync("the next")).Text);
    }

    [Fact]
    public async Task Cancel_OfTheFirst_LeavesTheAnswerToTheOthers()
    {
        using var rig = new CacheRig(CacheRig.ConfigOf());
        var first = rig.Call("get");
        var second = rig.Call("get");
        first.Cancel();
        await first.Answer.WithinLimitAsync("the first");

        rig.Source.Calls[0].Text("x");

        Assert.Equal("x", (await second.Answer.WithinLimitAsync("the second")).Text);
        Assert.Equal("x", await rig.AskAsync("get"));
        Assert.Single(rig.Source.Calls);
    }

    [Fact]
    public async Task Failure_IsTheAnswerOfAllWhoWaited_AndOfNobodyElse()
    {
        using var rig = new CacheRig(CacheRig.ConfigOf());
        PendingCall[] calls = [rig.Call("get"), rig.Call("get", revision: Revision.V20250618)];
        rig.Source.Calls[0].Error(-32000);

        var answers = await Task.WhenAll(calls.Select(c => c.Answer)).WithinLimitAsync("both answers");
        Assert.All(answers, a => Assert.Equal((McpResultKind.UpstreamError, -32000), (a.Kind, a.Json.GetProperty("code").GetInt32())));

        var next = rig.Call("get");
        rig.Source.Calls[1].Text("x");
        Assert.Equal("x", (await next.Answer.WithinLimitAsync("the next")).Text);
    }

    [Fact]
    public async Task Client_AsksForItself_WhenTheAnswerDependsOnWhatItCanBeAsked()
    {
        using var rig = new CacheRig(CacheRig.ConfigOf());
        var able = rig.Call("get", capabilities: """{"elicitation":{}}""");
        var unable = rig.Call("get");
        Assert.DoesNotContain("elicitation", Assert.Single(rig.Source.Calls).Message, StringComparison.Ordinal);

        rig.Source.Calls[0].Error(-32021);

        Assert.Equal(McpResultKind.UpstreamError, (await unable.Answer.WithinLimitAsync("the one that can't be asked")).Kind);
        await Patience.UntilAsync(() => rig.Source.Calls.Count == 2, "the other asks for itself");
        Assert.Contains("elicitation", rig.Source.Calls[1].Message, StringComparison.Ordinal);
        rig.Source.Calls[1].Text("asked");
        Assert.Equal("asked", (await able.Answer.WithinLimitAsync("the one that can be asked")).Text);
        Assert.Equal(0, rig.Cache.Store.Count);
    }

    [Fact]
    public async Task SharedCall_SaysNothingOfOneClientOnly()
    {
        using var rig = new CacheRig(CacheRig.ConfigOf(new CacheToolConfig { Scope = CacheScope.Shared }));
        var call = rig.Call(
            "get", caller: "secret-caller", meta: "\"progressToken\":\"p1\",\"io.modelcontextprotocol/logLevel\":\"debug\"",
            capabilities: """{"sampling":{},"extensions":{"io.modelcontextprotocol/tasks":{},"io.modelcontextprotocol/ui":{"a":1}}}""");
        var sent = Assert.Single(rig.Source.Calls);
        sent.Text("x");
        await call.Answer.WithinLimitAsync("the answer");

        Assert.All(["progressToken", "logLevel", "sampling", "tasks"], word => Assert.DoesNotContain(word, sent.Message, StringComparison.Ordinal));
        Assert.Contains("\"extensions\":{\"io.modelcontextprotocol/ui\":{\"a\":1}}", sent.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Result_IsAnotherOne_ForClientsWithOtherAppsExtensions()
    {
        using var rig = CachedCallTests.Answering();

        Assert.Equal("0", await rig.AskAsync("get"));
        Assert.Equal("1", (await rig.Call("get", capabilities: """{"extensions":{"io.modelcontextprotocol/ui":{}}}""").Answer).Text);
        Assert.Equal("0", await rig.AskAsync("get"));
    }
}
