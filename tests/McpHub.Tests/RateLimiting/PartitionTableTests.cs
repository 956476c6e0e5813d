using McpHub.RateLimiting;

namespace McpHub.Tests.RateLimiting;

public sealed class PartitionTableTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Partitions_StayBounded_WhenAMillionCallersCome()
    {
        var table = new PartitionTable(1000, () => new TokenBucket(1, Second, 1));
        var most = 0;

        for (var i = 0; i < 1_000_000; i++)
        {
            // A thousand a second: those of the last second are still counted.
            var now = i * TimeSpan.TicksPerMillisecond;
            table.Of($"caller {i}", now).TryTake(now, out _);
            most = Math.Max(most, table.Count);
        }

        Assert.InRange(most, 1, 1000);
        table.Sweep(long.MaxValue / 2);
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void NewCallers_ShareOneLimit_WhenAllPlacesAreInUse()
    {
        var table = new PartitionTable(2, () => new TokenBucket(1, TimeSpan.FromHours(1), 1));
        Assert.Equal(TakeOutcome.Taken, table.Of("a", 0).TryTake(0, out _));
        Assert.Equal(TakeOutcome.Taken, table.Of("b", 0).TryTake(0, out _));

        Assert.Equal(TakeOutcome.Taken, table.Of("c", 0).TryTake(0, out _));
        Assert.Equal(TakeOutcome.Refused, table.Of("d", 0).TryTake(0, out _));
        Assert.Equal(TakeOutcome.Refused, table.Of("a", 0).TryTake(0, out _));
        Assert.Equal(2, table.Count);
        Assert.Equal(2, table.Shared);
    }

    [Fact]
    public void Caller_GetsAPlaceOfItsOwnAgain_WhenOthersAreIdle()
    {
        var table = new PartitionTable(1, () => new TokenBucket(1, Second, 1));
        table.Of("a", 0).TryTake(0, out _);
        var later = 2 * TimeSpan.TicksPerSecond;

        Assert.Equal(TakeOutcome.Taken, table.Of("b", later).TryTake(later, out _));

        Assert.Equal((1, 0L), (table.Count, table.Shared));
    }

    [Fact]
    public async Task Sweeping_NeverGivesAPlaceTwice()
    {
        var table = new PartitionTable(8, () => new ConcurrencySlots(1, queue: 0));
        var holders = new int[4];
        using var done = new CancellationTokenSource();
        var sweeping = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
            {
                table.Sweep(0);
            }
        }, CancellationToken.None);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(() =>
        {
            for (var i = 0; i < 50_000; i++)
            {
                var key = i % holders.Length;
                var partition = table.Of($"{key}", 0);
                if (partition.TryTake(0, out _) == TakeOutcome.Taken)
                {
                    Assert.Equal(1, Interlocked.Increment(ref holders[key]));
                    Interlocked.Decrement(ref holders[key]);
                    partition.Release();
                }
            }
        })));
        await done.CancelAsync();
        await sweeping;

        table.Sweep(0);
        Assert.Equal(0, table.Count);
    }
}
