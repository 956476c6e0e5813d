using McpHub.Batching;
using McpHub.Testing;

namespace McpHub.Tests.Batching;

public sealed class BatchRunTests
{
    private readonly ScriptedCalls _calls = new();
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Items_RunAfterWhatTheyDependOn()
    {
        var outcomes = await RunAsync(new() { Items = Items("c:b", "b:a", "a:", "d:a,c") });

        Assert.All(outcomes, o => Assert.Equal(ItemStatus.Succeeded, o.Status));
        Assert.Equal(["a", "b", "c", "d"], _calls.Made);
    }

    [Fact]
    public async Task Item_IsSkipped_WhenWhatItDependsOnHasNotSucceeded()
    {
        _calls.Call = (item, _) => Task.FromResult(item.Id == "a" ? ScriptedCalls.No : ScriptedCalls.Ok);

        var outcomes = await RunAsync(new() { Items = Items("a:", "b:a", "c:b", "d:") });

        Assert.Equal([ItemStatus.ToolError, ItemStatus.Skipped, ItemStatus.Skipped, ItemStatus.Succeeded], outcomes.Select(o => o.Status));
        Assert.Contains("'a', which it depends on", outcomes[1].Message, StringComparison.Ordinal);
        Assert.Contains("'b', which it depends on", outcomes[2].Message, StringComparison.Ordinal);
        Assert.Equal(["a", "d"], _calls.Made);
    }

    [Fact]
    public async Task BadItems_AreErrorsOfTheirOwn()
    {
        var outcomes = await RunAsync(new() { Items = Items("a:", "b:b", "missing!c:", "d:c") });

        Assert.Equal([ItemStatus.Succeeded, ItemStatus.Invalid, ItemStatus.Failed, ItemStatus.Skipped], outcomes.Select(o => o.Status));
        Assert.Equal((-32602, "Unknown tool: missing"), (outcomes[2].Code, outcomes[2].Message));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task BadItems_AreAllToldWhatIsWrongWithThem_BeforeAnyIsSkipped(bool stop)
    {
        var outcomes = await RunAsync(new() { Items = Items("a:b", "b:a", "missing!c:a", "d:a", "e:"), StopOnError = stop });

        Assert.Equal(
            [ItemStatus.Invalid, ItemStatus.Invalid, ItemStatus.Failed, ItemStatus.Skipped, stop ? ItemStatus.Skipped : ItemStatus.Succeeded],
            outcomes.Select(o => o.Status));
        Assert.All(outcomes.Take(2), o => Assert.Contains("'a' → 'b' → 'a'", o.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task SequentialItems_RunOneAfterTheOther_InTheirOrder()
    {
        var running = 0;
        _calls.Call = async (_, _) =>
        {
            Assert.Equal(1, Interlocked.Increment(ref running));
            await Task.Yield();
            Interlocked.Decrement(ref running);
            return ScriptedCalls.Ok;
        };

        // Equal ones too: what lies between them may have changed what they read.
        var outcomes = await RunAsync(new() { Items = Items("read!a:", "b:e", "read!c:", "direct!d:", "e:"), IsSequential = true });

        Assert.All(outcomes, o => Assert.Equal((ItemStatus.Succeeded, null), (o.Status, o.SameAs)));
        Assert.Equal(["a", "c", "d", "e", "b"], _calls.Made);
    }

    [Fact]
    public async Task NothingMoreIsBegun_AfterAFailure_WhenTheBatchIsToStop()
    {
        _calls.Call = (item, _) => Task.FromResult(item.Id == "b" ? ScriptedCalls.No : ScriptedCalls.Ok);

        var outcomes = await RunAsync(new() { Items = Items("a:", "b:", "c:", "d:a"), IsSequential = true, StopOnError = true });

        Assert.Equal([ItemStatus.Succeeded, ItemStatus.ToolError, ItemStatus.Skipped, ItemStatus.Skipped], outcomes.Select(o => o.Status));
        Assert.Contains("'b' has not succeeded", outcomes[2].Message, StringComparison.Ordinal);
        Assert.Equal(["a", "b"], _calls.Made);
    }

    [Fact]
    public async Task WhatRuns_IsLetFinish_WhenTheBatchStops()
    {
        var slow = new TaskCompletionSource();
        _calls.Call = async (item, _) =>
        {
            if (item.Id == "b")
            {
                return ScriptedCalls.No;
            }

            await slow.Task;
            return ScriptedCalls.Ok;
        };
        var told = new TaskCompletionSource();
        var run = RunAsync(new() { Items = Items("a:", "b:", "c:a"), StopOnError = true }, onOutcome: (item, _) => Complete(told, item.Id == "c"));

        await told.Task.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);
        slow.SetResult();

        Assert.Equal([ItemStatus.Succeeded, ItemStatus.ToolError, ItemStatus.Skipped], (await run).Select(o => o.Status));
    }

    [Fact]
    public async Task EqualItems_AreDoneOnce_IfTheirToolMayBeAskedAgain()
    {
        var outcomes = await RunAsync(new() { Items = Items("read!a:", "read!b:", "x!c:", "x!d:", "read!e: {\"y\":1,\"x\":2}", "read!f: {\"x\":2,\"y\":1}") });

        Assert.Equal([null, "a", null, null, null, "e"], outcomes.Select(o => o.SameAs));
        Assert.Equal(["a", "c", "d", "e"], _calls.Made);
        Assert.All(outcomes, o => Assert.Equal(ItemStatus.Succeeded, o.Status));
    }

    [Fact]
    public async Task EqualItem_IsDoneAgain_WhenItHasToSeeWhatCameBetween()
    {
        var outcomes = await RunAsync(new() { Items = Items("read!a:", "x!write:a", "read!b:write") });

        Assert.Equal(["a", "write", "b"], _calls.Made);
        Assert.Null(outcomes[2].SameAs);
    }

    [Fact]
    public async Task KnownResults_TakeNoPlace()
    {
        _calls.Kept.Add("known");
        var never = new TaskCompletionSource<ItemOutcome>();
        _calls.Call = (item, _) => item.Id == "known" ? Task.FromResult(ScriptedCalls.Ok) : never.Task;
        var known = new TaskCompletionSource();
        var run = RunAsync(new() { Items = Items("x!a:", "x!known:") }, most: 1, onOutcome: (item, _) => Complete(known, item.Id == "known"));

        await known.Task.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);
        never.SetResult(ScriptedCalls.Ok);

        Assert.All(await run, o => Assert.True(o.IsSuccess));
    }

    [Fact]
    public async Task Deadline_ReachesEveryCall_AndSaysWhichMayHaveRun()
    {
        _calls.Call = async (_, token) =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return ScriptedCalls.Ok;
        };
        var run = RunAsync(new() { Items = Items("a:", "b:", "c:b"), Timeout = TimeSpan.FromMilliseconds(100) }, most: 1);

        _time.Advance(TimeSpan.FromMilliseconds(100));
        var outcomes = await run;

        Assert.All(outcomes, o => Assert.Equal((ItemStatus.TimedOut, -31014), (o.Status, o.Code)));
        Assert.EndsWith("may have run.", outcomes[0].Message, StringComparison.Ordinal);
        Assert.EndsWith("has not run.", outcomes[1].Message, StringComparison.Ordinal);
        Assert.EndsWith("has not run.", outcomes[2].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deadline_IsToldOfEveryItem_BeforeTheBatchReturns()
    {
        var call = new TaskCompletionSource<ItemOutcome>();
        _calls.Call = (_, token) =>
        {
            token.UnsafeRegister(_ => call.SetResult(ScriptedCalls.Ok), null);
            return call.Task;
        };
        using var telling = new SemaphoreSlim(0);
        using var told = new SemaphoreSlim(0);
        var run = RunAsync(new() { Items = Items("a:"), Timeout = TimeSpan.FromMilliseconds(100) }, onOutcome: (_, _) =>
        {
            telling.Release();
            told.Wait(Patience.Limit, TestContext.Current.CancellationToken);
        });
        var deadline = Task.Run(() => _time.Advance(TimeSpan.FromMilliseconds(100)), TestContext.Current.CancellationToken);
        Assert.True(await telling.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken));

        // It returns, or waits for what is under way: the call has ended, so that nothing but the telling is left.
        await Patience.UntilAsync(() => run.IsCompleted || _time.HasTimer(TimeSpan.FromSeconds(5)), "the batch waits, or has returned");
        var hasReturned = run.IsCompleted;
        told.Release();
        await deadline;

        Assert.False(hasReturned);
        Assert.Equal(ItemStatus.TimedOut, Assert.Single(await run).Status);
    }

    [Fact]
    public async Task Cancel_ReachesEveryCall()
    {
        using var cancellation = new CancellationTokenSource();
        var ended = 0;
        _calls.Call = async (_, token) =>
        {
            await Task.Delay(Timeout.Infinite, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Interlocked.Increment(ref ended);
            return ScriptedCalls.Ok;
        };
        var run = RunAsync(new() { Items = Items("a:", "b:", "c:") }, cancellation: cancellation);

        await cancellation.CancelAsync();

        Assert.All(await run, o => Assert.Equal(ItemStatus.Cancelled, o.Status));
        Assert.Equal(3, ended);
    }

    [Fact]
    public async Task RefusedCall_IsMadeAgain_WhenThereIsTimeForIt()
    {
        var tries = 0;
        _calls.Call = (_, _) => Task.FromResult(++tries < 3 ? new ItemOutcome { Status = ItemStatus.Failed, Code = -31005, RetryAfter = 1 } : ScriptedCalls.Ok);
        var run = RunAsync(new() { Items = Items("a:") });

        await Patience.UntilAsync(() => _time.HasTimer(TimeSpan.FromSeconds(1)), "the call waits");
        _time.Advance(TimeSpan.FromSeconds(1));
        await Patience.UntilAsync(() => tries == 2 && _time.HasTimer(TimeSpan.FromSeconds(1)), "it waits again");
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True((await run)[0].IsSuccess);
    }

    [Fact]
    public async Task RefusedCall_IsAnError_WhenThereIsNoTimeForAnother()
    {
        _calls.Call = (_, _) => Task.FromResult(new ItemOutcome { Status = ItemStatus.Failed, Code = -31005, RetryAfter = 10 });

        var outcomes = await RunAsync(new() { Items = Items("a:"), Timeout = TimeSpan.FromSeconds(5) });

        Assert.Equal((ItemStatus.Failed, -31005), (outcomes[0].Status, outcomes[0].Code));
        Assert.Equal(["a"], _calls.Made);
    }

    [Fact]
    public async Task RefusedCall_KeepsItsRefusal_WhenTheBatchHasStoppedMeanwhile()
    {
        var refusal = new TaskCompletionSource<ItemOutcome>();
        _calls.Call = (item, _) => item.Id == "a" ? refusal.Task : Task.FromResult(ScriptedCalls.No);
        var stopped = new TaskCompletionSource();
        var run = RunAsync(new() { Items = Items("a:", "b:", "c:a"), StopOnError = true }, onOutcome: (item, _) => Complete(stopped, item.Id == "c"));

        await stopped.Task.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);
        refusal.SetResult(new ItemOutcome { Status = ItemStatus.Failed, Code = -31005, RetryAfter = 1 });

        Assert.Equal([ItemStatus.Failed, ItemStatus.ToolError, ItemStatus.Skipped], (await run).Select(o => o.Status));
        Assert.Equal(["a", "b"], _calls.Made);
    }

    [Fact]
    public async Task Item_IsDoneByItself_WhenAnEqualOneWasRefusedBefore()
    {
        // The place is taken and nobody may wait: the first 'read' is refused while the call runs that the second one has to wait for.
        var slow = new TaskCompletionSource<ItemOutcome>();
        _calls.Call = (item, _) => item.Id == "slow" ? slow.Task : Task.FromResult(ScriptedCalls.Ok);
        var refused = new TaskCompletionSource();
        var run = RunAsync(new() { Items = Items("x!slow:", "read!a:", "read!b:slow") }, most: 1, mostWaiting: 0, onOutcome: (item, _) => Complete(refused, item.Id == "a"));

        await refused.Task.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);
        slow.SetResult(ScriptedCalls.Ok);

        var outcomes = await run;
        Assert.Equal([ItemStatus.Succeeded, ItemStatus.Failed, ItemStatus.Succeeded], outcomes.Select(o => o.Status));
        Assert.Contains("gateway.batch.maxWaiting", outcomes[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_ThatIsCancelledForNoReason_IsAnError()
    {
        _calls.Call = (item, _) => item.Id == "a" ? throw new OperationCanceledException() : Task.FromResult(ScriptedCalls.Ok);

        var outcomes = await RunAsync(new() { Items = Items("a:", "b:", "c:a") });

        Assert.Equal([ItemStatus.Failed, ItemStatus.Succeeded, ItemStatus.Skipped], outcomes.Select(o => o.Status));
        Assert.EndsWith("It may have run.", outcomes[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Result_IsRefused_ThatWouldMakeTheAnswerTooLarge()
    {
        _calls.Call = (_, _) => Task.FromResult(ScriptedCalls.Ok with { Result = new byte[600] });

        var outcomes = await RunAsync(new() { Items = Items("a:", "b:") });

        Assert.Equal([ItemStatus.Succeeded, ItemStatus.Failed], outcomes.Select(o => o.Status));
        Assert.Contains("gateway.batch.maxResultBytes", outcomes[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Result_ThatStillFits_IsGiven_AfterOneThatDidNot()
    {
        _calls.Call = (item, _) => Task.FromResult(ScriptedCalls.Ok with { Result = new byte[item.Id == "b" ? 600 : 450] });

        var outcomes = await RunAsync(new() { Items = Items("a:", "b:", "c:"), IsSequential = true });

        Assert.Equal([ItemStatus.Succeeded, ItemStatus.Failed, ItemStatus.Succeeded], outcomes.Select(o => o.Status));
    }

    [Fact]
    public async Task Error_KeepsItsCode_AndIsCut_WhenItWouldMakeTheAnswerTooLarge()
    {
        _calls.Call = (item, _) => Task.FromResult(new ItemOutcome { Status = ItemStatus.Failed, Code = -32001, Message = new string('x', 400), Data = new byte[400] });

        var outcomes = await RunAsync(new() { Items = Items("a:", "b:") });

        Assert.All(outcomes, o => Assert.Equal((ItemStatus.Failed, -32001), (o.Status, o.Code)));
        Assert.Equal([400, 0], outcomes.Select(o => o.Data.Length));
        Assert.Equal([400, BatchItem.LongestId + 1], outcomes.Select(o => o.Message.Length));
    }

    [Fact]
    public async Task BulkItems_AreOneCall_AndTakenApart()
    {
        _calls.Bulk = new BulkForm("all", "/in/items", "/out", 3);
        var sent = new List<string>();
        _calls.BulkCall = arguments =>
        {
            sent.Add(arguments);
            return """{"content":[],"structuredContent":{"out":[{"v":1},{"content":[{"type":"text","text":"no"}],"isError":true},"three"]}}""";
        };

        var outcomes = await RunAsync(new() { Items = Items("""many!a: {"n":1}""", """many!b: {"n":2}""", """many!c: {"n":3}""", """many!d: {"n":4}""") });

        Assert.Equal(["""{"in":{"items":[{"n":1},{"n":2},{"n":3}]}}"""], sent);
        Assert.Equal([ItemStatus.Succeeded, ItemStatus.ToolError, ItemStatus.Succeeded, ItemStatus.Succeeded], outcomes.Select(o => o.Status));
        Assert.Equal("""{"content":[{"type":"text","text":"{\"v\":1}"}],"structuredContent":{"v":1}}""", Text(outcomes[0]));
        Assert.Equal("""{"content":[{"type":"text","text":"three"}]}""", Text(outcomes[2]));
    }

    [Fact]
    public async Task BulkItem_ThatIsRefused_IsMadeAgainByItself()
    {
        _calls.Bulk = new BulkForm("all", "/items", "/out", 10);
        _calls.BulkCall = _ => """{"structuredContent":{"out":[1,2]}}""";
        _calls.RefusedOnce["b"] = true;
        var run = RunAsync(new() { Items = Items("""many!a: {"n":1}""", """many!b: {"n":2}""", """many!c: {"n":3}""") });

        await Patience.UntilAsync(() => _time.HasTimer(TimeSpan.FromSeconds(1)), "the refused call waits");
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.All(await run, o => Assert.True(o.IsSuccess));
        Assert.Equal(["a", "b", "c", "b"], _calls.Made);
    }

    [Fact]
    public async Task BulkItems_AreNoMoreAtOnceThanTheirTierTakes()
    {
        _calls.Bulk = new BulkForm("all", "/items", "/out", 10);
        _calls.Tier = Lane.Fixed("slow", 2);
        var sent = 0;
        _calls.BulkCall = _ =>
        {
            Interlocked.Increment(ref sent);
            return """{"structuredContent":{"out":[1,2]}}""";
        };

        var outcomes = await RunAsync(new() { Items = [.. Enumerable.Range(0, 6).SelectMany(i => Items($$"""many!{{i}}: {"n":{{i}}}""")).Select((item, i) => item with { Index = i })] });

        Assert.All(outcomes, o => Assert.True(o.IsSuccess));
        Assert.Equal(3, sent);
    }

    [Theory]
    [InlineData("""{"content":[]}""", "no array at '/out'")]
    [InlineData("""{"content":[{"type":"text","text":"no JSON"}]}""", "no array at '/out'")]
    [InlineData("""{"structuredContent":{"out":[1]}}""", "1 results for 2 calls")]
    [InlineData("""{"structuredContent":{"out":[1,2],"out":[3,4]}}""", "no array at '/out'")]
    public async Task BulkItems_AreErrors_AndNotRunAgain_WhenTheAnswerDoesNotFit(string answer, string problem)
    {
        _calls.Bulk = new BulkForm("all", "/items", "/out", 10);
        _calls.BulkCall = _ => answer;

        var outcomes = await RunAsync(new() { Items = Items("""many!a: {"n":1}""", """many!b: {"n":2}""") });

        Assert.All(outcomes, o => Assert.Equal((ItemStatus.Failed, -31012), (o.Status, o.Code)));
        Assert.All(outcomes, o => Assert.Contains(problem, o.Message, StringComparison.Ordinal));
        Assert.Equal(2, _calls.Made.Count);
    }

    [Fact]
    public async Task BulkItems_AreTakenFromText_WhereThereIsNoStructuredContent()
    {
        _calls.Bulk = new BulkForm("all", "/items", "/out/list", 10);
        _calls.BulkCall = _ => """{"content":[{"type":"text","text":"{\"out\":{\"list\":[1,2]}}"}]}""";

        var outcomes = await RunAsync(new() { Items = Items("""many!a: {"n":1}""", """many!b: {"n":2}""") });

        Assert.Equal("""{"content":[{"type":"text","text":"2"}]}""", Text(outcomes[1]));
    }

    internal static BatchItem[] Items(params string[] texts) => [.. texts.Select((text, index) =>
    {
        var (head, tail) = (text[..text.IndexOf(':')], text[(text.IndexOf(':') + 1)..]);
        var json = tail.StartsWith(' ') ? tail.Trim() : "{}";
        return new BatchItem
        {
            Index = index,
            Id = head[(head.IndexOf('!') + 1)..],
            Tool = head.Contains('!') ? head[..head.IndexOf('!')] : "tool",
            Params = System.Text.Encoding.UTF8.GetBytes(json),
            DependsOn = tail.StartsWith(' ') ? [] : tail.Split(',', StringSplitOptions.RemoveEmptyEntries),
        };
    })];

    private static string Text(ItemOutcome outcome) => System.Text.Encoding.UTF8.GetString(outcome.Result.Span);

    private static void Complete(TaskCompletionSource source, bool when)
    {
        if (when)
        {
            source.TrySetResult();
        }
    }

    private async Task<IReadOnlyList<ItemOutcome>> RunAsync(
        BatchRequest request, int most = 100, int mostWaiting = 1000, Action<BatchItem, ItemOutcome>? onOutcome = null, CancellationTokenSource? cancellation = null)
    {
        var services = new BatchServices
        {
            Admissions = new Admissions(new AdmissionLimits(100, mostWaiting, TimeSpan.FromSeconds(1)), _time),
            Time = _time,
            MostOfBatch = most,
            MostBytes = 1000,
            Timeout = TimeSpan.FromMinutes(1),
            BulkWait = TimeSpan.FromMilliseconds(10),
            OnBroken = e => Assert.Fail(e.ToString()),
        };
        return await new BatchRun(request, _calls, services, onOutcome).RunAsync(cancellation?.Token ?? default).WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);
    }
}
