using McpHub.Configuration;
using McpHub.Streaming;
using McpHub.Testing;

namespace McpHub.Tests.Streaming;

public sealed class StreamAdmissionTests
{
    private static readonly StreamsConfig Config = new() { MaxActive = 1, Queue = 3, Wait = TimeSpan.FromSeconds(30) };

    private readonly FakeTimeProvider _time = new();
    private readonly StreamBudget _budget = new() { Limit = 1000 };

    [Fact]
    public async Task Starts_AreLetInByPriority_AndThenInTheirOrder()
    {
        var admission = Create();
        await EnterAsync(admission, 5);
        var order = new List<string>();
        var low = NoteAsync("low", 1);
        var first = NoteAsync("first", 5);
        var second = NoteAsync("second", 5);

        for (var i = 0; i < 4; i++)
        {
            admission.Leave();
            _budget.Give(10);
            await Patience.UntilAsync(() => order.Count == Math.Min(i + 1, 3), "the next is let in");
        }

        await Task.WhenAll(low, first, second);
        Assert.Equal(["first", "second", "low"], order);
        Assert.Equal((0, 0, 0L), (admission.Running, admission.Waiting, _budget.Taken));

        async Task NoteAsync(string name, int priority)
        {
            await EnterAsync(admission, priority);
            order.Add(name);
        }
    }

    [Fact]
    public async Task Start_IsRefused_WhenTheQueueIsFull()
    {
        var admission = await FullAsync();

        Assert.Equal(AdmissionOutcome.QueueFull, await EnterAsync(admission, 5));
        Assert.Equal(3, admission.Waiting);
    }

    [Fact]
    public async Task Start_TakesThePlaceInTheQueue_OfOneWithALowerPriority()
    {
        var admission = Create();
        await EnterAsync(admission, 5);
        var early = EnterAsync(admission, 3);
        var late = EnterAsync(admission, 3);
        var other = EnterAsync(admission, 4);

        var urgent = EnterAsync(admission, 9);

        Assert.Equal(AdmissionOutcome.Displaced, await late.WithinLimitAsync("the one that is displaced"));
        admission.Leave();
        Assert.Equal(AdmissionOutcome.Admitted, await urgent.WithinLimitAsync("the urgent one"));
        Assert.False(early.IsCompleted || other.IsCompleted);
    }

    [Fact]
    public async Task Start_GivesUp_WhenItHasWaitedLongEnough()
    {
        var admission = Create();
        await EnterAsync(admission, 5);
        var waiting = EnterAsync(admission, 5);

        _time.Advance(Config.Wait);

        Assert.Equal(AdmissionOutcome.TimedOut, await waiting.WithinLimitAsync("the end of the wait"));
        Assert.Equal((1, 0), (admission.Running, admission.Waiting));
    }

    [Fact]
    public async Task Start_LeavesTheQueue_WhenItIsCancelled()
    {
        var admission = Create();
        await EnterAsync(admission, 5);
        using var cancel = new CancellationTokenSource();
        var waiting = admission.EnterAsync(5, 10, cancel.Token).AsTask();

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        admission.Leave();
        Assert.Equal((0, 0), (admission.Running, admission.Waiting));
    }

    [Fact]
    public async Task Start_WaitsForTheBudget_TooWhenThereIsAPlace()
    {
        var admission = Create();
        Assert.True(_budget.TryTake(995));
        var waiting = EnterAsync(admission, 5);
        Assert.False(waiting.IsCompleted);

        _budget.Give(5);
        admission.Look();

        Assert.Equal(AdmissionOutcome.Admitted, await waiting.WithinLimitAsync("the budget"));
    }

    [Fact]
    public async Task Closing_RefusesThoseWhoWait_AndCompletesWhenTheOthersHaveLeft()
    {
        var admission = Create();
        await EnterAsync(admission, 5);
        var waiting = EnterAsync(admission, 5);

        admission.Close();

        Assert.Equal(AdmissionOutcome.Closed, await waiting.WithinLimitAsync("the refusal"));
        Assert.Equal(AdmissionOutcome.Closed, await EnterAsync(admission, 5));
        var empty = admission.WhenEmptyAsync();
        Assert.False(empty.IsCompleted);
        admission.Leave();
        await empty.WithinLimitAsync("the last one to leave");
    }

    [Fact]
    public async Task Places_AreNeverMoreThanAllowedAndAllComeBack_UnderContention()
    {
        var admission = Create();
        admission.Apply(Config with { MaxActive = 4, Queue = 1000 });
        var (running, most) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 400).Select(i => Task.Run(async () =>
        {
            Assert.Equal(AdmissionOutcome.Admitted, await EnterAsync(admission, i % 10));
            var now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            await Task.Yield();
            Interlocked.Decrement(ref running);
            _budget.Give(10);
            admission.Leave();
        }))).WithinLimitAsync("all of them");

        Assert.InRange(most, 1, 4);
        Assert.Equal((0, 0, 0L), (admission.Running, admission.Waiting, _budget.Taken));
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); seen < value; seen = Volatile.Read(ref target))
        {
            Interlocked.CompareExchange(ref target, value, seen);
        }
    }

    private StreamAdmission Create()
    {
        var admission = new StreamAdmission(_budget, _time);
        admission.Apply(Config);
        return admission;
    }

    private async Task<StreamAdmission> FullAsync()
    {
        var admission = Create();
        await EnterAsync(admission, 5);
        for (var i = 0; i < Config.Queue; i++)
        {
            _ = EnterAsync(admission, 5);
        }

        return admission;
    }

    private static Task<AdmissionOutcome> EnterAsync(StreamAdmission admission, int priority) =>
        admission.EnterAsync(priority, 10, CancellationToken.None).AsTask();
}
