using McpHub.RateLimiting;
using McpHub.Testing;

namespace McpHub.Tests.RateLimiting;

public sealed class ConcurrencySlotsTests
{
    private const int Permits = 3;

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Waiters_AreServedInTheirOrder()
    {
        var slots = new ConcurrencySlots(1, queue: 2);
        Assert.Equal(TakeOutcome.Taken, slots.TryTake(0, out _));
        var first = slots.TryQueue()!.WaitAsync(TimeSpan.FromSeconds(5), _time, CancellationToken.None).AsTask();
        var second = slots.TryQueue()!.WaitAsync(TimeSpan.FromSeconds(5), _time, CancellationToken.None).AsTask();

        Assert.Null(slots.TryQueue());
        slots.Release();
        Assert.True(await first.WithinLimitAsync("the first in line"));
        Assert.False(second.IsCompleted);
        Assert.Equal(TakeOutcome.Refused, slots.TryTake(0, out _));
        slots.Release();
        Assert.True(await second.WithinLimitAsync("the second in line"));
        slots.Release();

        Assert.Equal((0, 0), (slots.Running, slots.Waiting));
    }

    [Fact]
    public async Task Waiter_LeavesTheLine_WhenItsTimeIsOver()
    {
        var slots = new ConcurrencySlots(1, queue: 1);
        slots.TryTake(0, out _);
        var waiting = slots.TryQueue()!.WaitAsync(TimeSpan.FromSeconds(5), _time, CancellationToken.None).AsTask();

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.False(await waiting.WithinLimitAsync("the end of the wait"));
        Assert.Equal((1, 0), (slots.Running, slots.Waiting));
        slots.Release();
        Assert.True(slots.TryGiveUp(0));
        Assert.Null(slots.TryQueue());
    }

    [Fact]
    public async Task Places_AreNeverMoreThanAllowedAndAllComeBack_UnderContention()
    {
        var slots = new ConcurrencySlots(Permits, queue: 1000);
        var (running, most, served) = (0, 0, 0);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            for (var i = 0; i < 300; i++)
            {
                if (slots.TryTake(0, out _) != TakeOutcome.Taken)
                {
                    // Some give up at any moment, also in the one in which they are served.
                    using var cancel = new CancellationTokenSource();
                    var waiting = slots.TryQueue()!.WaitAsync(Patience.Limit, TimeProvider.System, cancel.Token);
                    if (random.Next(3) == 0)
                    {
                        await Task.Yield();
                        await cancel.CancelAsync();
                    }

                    if (!await waiting)
                    {
                        continue;
                    }
                }

                var now = Interlocked.Increment(ref running);
                InterlockedMax(ref most, now);
                await Task.Yield();
                Interlocked.Decrement(ref running);
                Interlocked.Increment(ref served);
                slots.Release();
            }
        }))).WithinLimitAsync("all workers");

        Assert.InRange(most, 1, Permits);
        Assert.True(served > 1000);
        Assert.Equal((0, 0), (slots.Running, slots.Waiting));
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
        {
            Interlocked.CompareExchange(ref target, value, seen);
        }
    }
}
