using System.Text;
using McpHub.Composition.Definitions;
using McpHub.Composition.Running;
using McpHub.Testing;

namespace McpHub.Tests.Composition;

public sealed class CompositionRunTests
{
    private readonly ScriptedCaller _caller = new();
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task IndependentSteps_RunAtTheSameTime()
    {
        var both = new TaskCompletionSource();
        var started = 0;
        _caller.Tools["t"] = async (_, _) =>
        {
            if (Interlocked.Increment(ref started) == 2)
            {
                both.SetResult();
            }

            await both.Task.WaitAsync(Patience.Limit, CancellationToken.None);
            return ScriptedCaller.Json("1");
        };

        var run = Run("""[{"id":"a","tool":"t"},{"id":"b","tool":"t"}]""");

        Assert.Null((await run.RunAsync(CancellationToken.None)).Error);
    }

    [Fact]
    public async Task FailedStep_CancelsThoseThatRun_AndStartsNoOthers()
    {
        _caller.Tools["slow"] = async (_, token) =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return default;
        };
        _caller.Tools["bad"] = async (_, _) =>
        {
            await Task.Yield();
            return StepAnswer.Fail(StepFailureKind.ToolError, "no.");
        };
        var run = Run("""[{"id":"a","tool":"slow"},{"id":"b","tool":"bad"},{"id":"c","tool":"slow","after":["b"]}]""");

        var result = await run.RunAsync(CancellationToken.None).AsTask().WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);

        Assert.Equal("Step 'b' (bad) of the composition 'c' failed: no.", result.Error);
        Assert.Equal([StepOutcome.Cancelled, StepOutcome.Failed, StepOutcome.Cancelled], run.Records.Select(r => r.Outcome));
        Assert.Equal(["bad{}", "slow{}"], _caller.Calls.Order());
    }

    [Fact]
    public async Task Cancel_ReachesEveryCall()
    {
        using var source = new CancellationTokenSource();
        var cancelled = 0;
        _caller.Tools["slow"] = async (_, token) =>
        {
            try
            {
                await Task.Delay(Timeout.Infinite, token);
                return default;
            }
            finally
            {
                Interlocked.Increment(ref cancelled);
            }
        };
        _caller.Answer("list", "[1,2,3]");
        var run = Run("""[{"id":"l","tool":"list"},{"id":"a","tool":"slow","forEach":{"items":"/steps/l","parallel":3}},{"id":"b","tool":"slow","onError":{"tool":"slow"}}]""");

        var running = run.RunAsync(source.Token).AsTask();
        await Patience.UntilAsync(() => _caller.Calls.Count == 5, "all calls are under way");
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken));
        Assert.Equal(4, cancelled);
        Assert.Equal([StepOutcome.Succeeded, StepOutcome.Cancelled, StepOutcome.Cancelled], run.Records.Select(r => r.Outcome));
    }

    [Fact]
    public async Task Timeout_EndsAnAttempt_AndTheNextHasItsOwn()
    {
        var attempts = 0;
        _caller.Tools["slow"] = async (_, token) =>
        {
            if (Interlocked.Increment(ref attempts) < 3)
            {
                await Task.Delay(Timeout.Infinite, token);
            }

            return ScriptedCaller.Json("\"done\"");
        };
        var run = Run("""[{"id":"a","tool":"slow","timeout":"2s","retry":{"attempts":3,"backoff":"1s","on":["timeout"]}}]""");

        var running = run.RunAsync(CancellationToken.None).AsTask();
        await AdvanceUntilAsync(running);

        Assert.Equal("\"done\"", Encoding.UTF8.GetString((await running).Output.Span));
        Assert.Equal((3, StepOutcome.Succeeded), (run.Records[0].Attempts, run.Records[0].Outcome));
        Assert.Equal(TimeSpan.FromSeconds(2 + 1 + 2 + 2), run.Records[0].Duration);
    }

    [Fact]
    public async Task Timeout_OfTheWhole_EndsIt()
    {
        _caller.Tools["slow"] = async (_, token) =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return default;
        };
        var run = Run("""[{"id":"a","tool":"slow"}],"timeout":"3s" """);

        var running = run.RunAsync(CancellationToken.None).AsTask();
        await AdvanceUntilAsync(running);

        Assert.Equal("The composition 'c' took longer than 3s.", (await running).Error);
        Assert.Equal(StepOutcome.Cancelled, run.Records[0].Outcome);
    }

    [Fact]
    public async Task ForEach_RunsNoMoreThanItMay_AndKeepsTheOrder()
    {
        var (running, most) = (0, 0);
        var gate = new Lock();
        _caller.Tools["t"] = async (arguments, _) =>
        {
            lock (gate)
            {
                most = Math.Max(most, ++running);
            }

            await Task.Yield();
            await Task.Yield();
            lock (gate)
            {
                running--;
            }

            return ScriptedCaller.Json(arguments);
        };
        var run = Run("""[{"id":"a","tool":"t","forEach":{"items":"/input/l","parallel":3},"arguments":{"i":"${/item}","n":"${/index}"}}]""", """{"l":[5,4,3,2,1,0]}""");

        var result = await run.RunAsync(CancellationToken.None);

        Assert.Equal("""[{"i":5,"n":0},{"i":4,"n":1},{"i":3,"n":2},{"i":2,"n":3},{"i":1,"n":4},{"i":0,"n":5}]""", Encoding.UTF8.GetString(result.Output.Span));
        Assert.InRange(most, 2, 3);
    }

    [Fact]
    public async Task ForEach_FailsBeforeAnything_WithTooManyItems()
    {
        _caller.Answer("t", "1");
        var run = Run("""[{"id":"a","tool":"t","forEach":{"items":"/input/l","max":2}}]""", """{"l":[1,2,3]}""");

        Assert.Contains("more than 2 items at /input/l", (await run.RunAsync(CancellationToken.None)).Error, StringComparison.Ordinal);
        Assert.Empty(_caller.Calls);
    }

    [Theory]
    [InlineData("${/input/l}")]
    [InlineData("«${/input/l}»")]
    [InlineData("${/input/s}${/input/s}")]
    public async Task Arguments_AreNoLargerThanARequest_HoweverOftenTheyRepeatTheInput(string part)
    {
        _caller.Answer("t", "1");
        _caller.MostArguments = 10_000;
        var input = $$"""{"l":[{{string.Join(',', Enumerable.Repeat("\"text\"", 100))}}],"s":"{{new string('s', 800)}}"}""";
        var parts = string.Join(',', Enumerable.Repeat($"\"{part}\"", 5000));
        var run = Run($$$"""[{"id":"a","tool":"t","arguments":{"l":[{{{parts}}}]}}]""", input);

        var result = await run.RunAsync(CancellationToken.None);

        Assert.Contains("larger than the 10000 bytes that a request may have (gateway.sizes.request)", result.Error, StringComparison.Ordinal);
        Assert.Equal(StepFailureKind.TooLarge, run.Records[0].Failure!.Kind);
        Assert.Empty(_caller.Calls);
    }

    [Fact]
    public async Task Output_IsNoLargerThanWhatTheStepsHaveLeft()
    {
        _caller.Answer("t", $"\"{new string('t', 20 * 1024 * 1024)}\"");
        var once = await Run("""[{"id":"a","tool":"t"}],"output":{"n":"${/input/n}"}""", """{"n":1}""").RunAsync(CancellationToken.None);
        var again = await Run("""[{"id":"a","tool":"t"}],"output":["${/steps/a}"]""").RunAsync(CancellationToken.None);

        Assert.Null(once.Error);
        Assert.Contains("left of the 32 MB that a run may hold", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FailedItems_AreThoseThatFailed_AndNotThoseThatItCancelled()
    {
        var waiting = 0;
        var all = new TaskCompletionSource();
        _caller.Tools["t"] = async (arguments, token) =>
        {
            if (Interlocked.Increment(ref waiting) == 3)
            {
                all.SetResult();
            }

            await all.Task.WaitAsync(Patience.Limit, CancellationToken.None);
            if (arguments.Contains("bad", StringComparison.Ordinal))
            {
                return StepAnswer.Fail(StepFailureKind.ToolError, "no.");
            }

            // As the pipeline answers a call that was cancelled.
            var cancelled = new TaskCompletionSource();
            await using var registration = token.Register(cancelled.SetResult);
            await cancelled.Task.WaitAsync(Patience.Limit, CancellationToken.None);
            return StepAnswer.Fail(StepFailureKind.Cancelled, "The call was cancelled.");
        };
        var run = Run("""[{"id":"a","tool":"t","forEach":"/input/l","arguments":{"i":"${/item}"}}]""", """{"l":["ok","bad","ok"]}""");

        var result = await run.RunAsync(CancellationToken.None);

        Assert.Contains("item 1: no.", result.Error, StringComparison.Ordinal);
        Assert.Equal((3, 1), (run.Records[0].Items, run.Records[0].FailedItems));
    }

    [Fact]
    public async Task OutputsOfItems_AreBounded_TogetherWithThoseOfTheSteps()
    {
        _caller.Answer("large", $"\"{new string('l', 20 * 1024 * 1024)}\"");
        _caller.Answer("items", $"\"{new string('i', 4 * 1024 * 1024)}\"");
        const string Large = """{"id":"a","tool":"large"}""";
        const string Items = """{"id":"b","tool":"items","forEach":{"items":"/input/l","parallel":1},"after":["a"]}""";

        var fits = await Run($$"""[{{Large}},{{Items}}],"output":"${/input/l}" """, """{"l":[1,2]}""").RunAsync(CancellationToken.None);
        var four = Run($"[{Large},{Items}]", """{"l":[1,2,3,4]}""");
        var tooMuch = await four.RunAsync(CancellationToken.None);

        Assert.Null(fits.Error);
        Assert.Contains("item 2: the outputs of the steps are larger than 32 MB together.", tooMuch.Error, StringComparison.Ordinal);
        Assert.Equal((StepFailureKind.TooLarge, 3), (four.Records[1].Failure!.Kind, four.Records[1].Attempts));
    }

    [Fact]
    public async Task MissingTool_EndsItBeforeAnythingRuns_UnlessItMayFail()
    {
        _caller.Answer("t", "1");
        var certain = await Run("""[{"id":"a","tool":"t"},{"id":"b","tool":"gone"}]""").RunAsync(CancellationToken.None);
        Assert.Equal("The composition 'c' can't run: step 'b' needs the tool 'gone', which is not there.", certain.Error);
        Assert.Empty(_caller.Calls);

        _caller.Tools["gone"] = (_, _) => new ValueTask<StepAnswer>(StepAnswer.Fail(StepFailureKind.UnknownTool, "Unknown tool: gone"));
        var uncertain = Run("""[{"id":"a","tool":"gone","onError":"continue"},{"id":"b","tool":"t"}]""");
        Assert.Null((await uncertain.RunAsync(CancellationToken.None)).Error);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task UnexpectedException_EndsTheOthersFirst(bool isAtOnce)
    {
        var ended = false;
        _caller.Tools["slow"] = async (_, token) =>
        {
            try
            {
                await Task.Delay(Timeout.Infinite, token);
                return default;
            }
            finally
            {
                ended = true;
            }
        };
        _caller.Tools["fault"] = isAtOnce ? (_, _) => throw new InvalidOperationException("A bug.") : async (_, _) =>
        {
            await Task.Yield();
            throw new InvalidOperationException("A bug.");
        };
        var run = Run("""[{"id":"a","tool":"slow"},{"id":"b","tool":"fault"}]""");

        await Assert.ThrowsAsync<InvalidOperationException>(() => run.RunAsync(CancellationToken.None).AsTask().WaitAsync(Patience.Limit, TestContext.Current.CancellationToken));
        Assert.True(ended);
    }

    private async Task AdvanceUntilAsync(Task running)
    {
        while (!running.IsCompleted)
        {
            // A timer runs, or the next one is about to.
            await Patience.UntilAsync(() => running.IsCompleted || _time.TimerCount > 0, "something is waited for");
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }

    private CompositionRun Run(string steps, string input = "{}")
    {
        var plan = CompositionReader.Parse(Encoding.UTF8.GetBytes($$"""{"name":"c","description":"d","steps":{{steps}}}"""), out var issues);
        Assert.Empty(issues);
        return new CompositionRun(plan!, Encoding.UTF8.GetBytes(input), _caller, _time);
    }
}
