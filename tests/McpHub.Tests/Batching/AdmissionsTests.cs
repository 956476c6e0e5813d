using McpHub.Batching;
using McpHub.Testing;

namespace McpHub.Tests.Batching;

public sealed class AdmissionsTests
{
    private static readonly TimeSpan Ageing = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Call_Waits_UntilOneOfItsServerHasEnded()
    {
        var admissions = Make();
        var route = Server(1);
        var first = await EnterAsync(admissions, new BatchShare(10), route, 0);
        var second = EnterAsync(admissions, new BatchShare(10), route, 0);
        Assert.False(second.IsCompleted);

        admissions.Leave(first!, LatencySample.None);

        admissions.Leave((await second.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken))!, LatencySample.None);
        Assert.Equal((0, 0), (admissions.Running, admissions.Waiting));
    }

    [Fact]
    public async Task Call_GoesAhead_OfThoseWhoseServerHasNoRoom()
    {
        var admissions = Make();
        var (busy, idle, share) = (Server(1), Server(1), new BatchShare(10));
        await EnterAsync(admissions, share, busy, 0);
        var waiting = EnterAsync(admissions, share, busy, 10);

        Assert.True(EnterAsync(admissions, share, idle, -10).IsCompletedSuccessfully);
        Assert.False(waiting.IsCompleted);
    }

    [Fact]
    public async Task Calls_AreBounded_ByTheirBatchTheirTierAndAllTogether()
    {
        var tier = Lane.Fixed("slow", 2);
        Assert.Equal(3, await CountAsync(Make(), new BatchShare(3), Server(100)));
        Assert.Equal(2, await CountAsync(Make(), new BatchShare(100), new Route(Lane.Fixed("s", 100), tier)));
        Assert.Equal(5, await CountAsync(Make(most: 5), new BatchShare(100), Server(100)));
    }

    [Fact]
    public async Task Group_TakesAPlaceOfItsTier_ForEachOfItsCalls_AsFarAsThereAreAny()
    {
        var admissions = Make();
        var (tier, share) = (Lane.Fixed("slow", 5), new BatchShare(10));
        var route = new Route(Lane.Fixed("s", 100), tier);
        var first = await EnterAsync(admissions, share, route, 0, calls: 3);
        var second = await EnterAsync(admissions, share, route, 0, calls: 3);
        Assert.Equal((3, 2, 5), (first!.Calls, second!.Calls, tier.Running));
        var next = EnterAsync(admissions, share, route, 0, calls: 3);
        Assert.False(next.IsCompleted);

        admissions.Leave(second, LatencySample.None);
        Assert.Equal(2, (await next.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken))!.Calls);
        admissions.Leave(first, LatencySample.None);
        admissions.Leave((await next)!, LatencySample.None);
        Assert.Equal((0, 0), (tier.Running, admissions.Running));
    }

    [Fact]
    public async Task Waiting_GoesByPriority_ThenByTime()
    {
        var admissions = Make();
        var (route, order) = (Server(1), new List<string>());
        var first = await EnterAsync(admissions, new BatchShare(10), route, 0);
        var tasks = new[] { ("low", -1), ("a", 0), ("b", 0), ("high", 5) }.Select(x => RunAsync(admissions, route, x.Item1, x.Item2, order)).ToArray();

        admissions.Leave(first!, LatencySample.None);
        await Task.WhenAll(tasks).WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);

        Assert.Equal(["high", "a", "b", "low"], order);
    }

    [Fact]
    public async Task Waiting_IsNotOvertaken_ByWhatComesLaterThanItsPriorityIsWorth()
    {
        var admissions = Make();
        var (route, order) = (Server(1), new List<string>());
        var first = await EnterAsync(admissions, new BatchShare(10), route, 0);
        var old = RunAsync(admissions, route, "old", -10, order);
        _time.Advance(Ageing * 19);
        var soon = RunAsync(admissions, route, "soon", 10, order);
        _time.Advance(Ageing * 2);
        var late = RunAsync(admissions, route, "late", 10, order);

        admissions.Leave(first!, LatencySample.None);
        await Task.WhenAll(old, soon, late).WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);

        Assert.Equal(["soon", "old", "late"], order);
    }

    [Fact]
    public async Task Place_GoesToTheNext_WhenAWaitingCallHasGivenUp()
    {
        var admissions = Make();
        var route = Server(1);
        using var cancellation = new CancellationTokenSource();
        var first = await EnterAsync(admissions, new BatchShare(10), route, 0);
        var gone = admissions.EnterAsync(new BatchShare(10), route, "t", 5, 1, cancellation.Token).AsTask();
        var next = EnterAsync(admissions, new BatchShare(10), route, 0);

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        admissions.Leave(first!, LatencySample.None);

        Assert.NotNull(await next.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken));
        Assert.Equal((1, 0), (admissions.Running, admissions.Waiting));
    }

    [Fact]
    public async Task Call_IsRefused_WhenTooManyWait()
    {
        var admissions = Make(waiting: 1);
        var route = Server(1);
        await EnterAsync(admissions, new BatchShare(10), route, 0);
        _ = EnterAsync(admissions, new BatchShare(10), route, 0);

        Assert.Null(await EnterAsync(admissions, new BatchShare(10), route, 0));
    }

    [Fact]
    public async Task Room_IsNeverExceeded_AndAllComeToTheirTurn_UnderContention()
    {
        var admissions = Make(most: 7);
        var routes = new[] { Server(3), Server(5), new Route(Lane.Fixed("s", 9), Lane.Fixed("t", 2)) };
        var (running, most, done) = (0, 0, 0);
        var batches = Enumerable.Range(0, 8).Select(async seed =>
        {
            var (random, share) = (new Random(seed), new BatchShare(4));
            await Task.WhenAll(Enumerable.Range(0, 200).Select(async _ =>
            {
                using var cancellation = new CancellationTokenSource();
                var (gives, route, priority) = (random.Next(4) == 0, routes[random.Next(3)], random.Next(-10, 11));
                var entering = admissions.EnterAsync(share, route, "t", priority, 1, cancellation.Token).AsTask();
                if (gives)
                {
                    await cancellation.CancelAsync();
                }

                try
                {
                    var admission = await entering;
                    InterlockedMax(ref most, Interlocked.Increment(ref running));
                    await Task.Yield();
                    Interlocked.Decrement(ref running);
                    admissions.Leave(admission!, LatencySample.None);
                }
                catch (OperationCanceledException)
                {
                    // It has given up.
                }

                Interlocked.Increment(ref done);
            }));
        });

        await Task.WhenAll(batches).WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);

        Assert.Equal((1600, 0, 0), (done, admissions.Running, admissions.Waiting));
        Assert.InRange(most, 1, 7);
        Assert.All(routes, r => Assert.Equal(0, r.Server.Running));
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); seen < value; seen = Volatile.Read(ref target))
        {
            Interlocked.CompareExchange(ref target, value, seen);
        }
    }

    private static Task<Admission?> EnterAsync(Admissions admissions, BatchShare share, Route route, int priority, int calls = 1) =>
        admissions.EnterAsync(share, route, "t", priority, calls, TestContext.Current.CancellationToken).AsTask();

    private static Route Server(int limit) => new(Lane.Fixed("srv", limit), null);

    private static async Task<int> CountAsync(Admissions admissions, BatchShare share, Route route)
    {
        var entered = Enumerable.Range(0, 10).Select(_ => EnterAsync(admissions, share, route, 0)).ToArray();
        await entered[0];
        return entered.Count(e => e.IsCompleted);
    }

    private static async Task RunAsync(Admissions admissions, Route route, string name, int priority, List<string> order)
    {
        var admission = await EnterAsync(admissions, new BatchShare(10), route, priority);
        order.Add(name);
        admissions.Leave(admission!, LatencySample.None);
    }

    private Admissions Make(int most = 100, int waiting = 10_000) => new(new AdmissionLimits(most, waiting, Ageing), _time);
}
