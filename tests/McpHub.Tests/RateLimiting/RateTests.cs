using McpHub.RateLimiting;

namespace McpHub.Tests.RateLimiting;

/// <summary>What the two rates promise, for arrivals of all kinds.</summary>
public sealed class RateTests
{
    public static TheoryData<int> Seeds { get; } = [.. Enumerable.Range(1, 20)];

    [Fact]
    public void TokenBucket_LetsABurstThroughAndThenOneAfterTheOther()
    {
        var bucket = new TokenBucket(10, TimeSpan.FromSeconds(1), burst: 3);

        Assert.Equal(3, TakeAll(bucket, now: 0));
        Assert.Equal(TakeOutcome.Refused, bucket.TryTake(Ms(99), out var retryAfter));
        Assert.Equal(Ms(1), retryAfter);
        Assert.Equal(1, TakeAll(bucket, Ms(100)));
        Assert.Equal(2, TakeAll(bucket, Ms(300)));
        Assert.Equal(3, TakeAll(bucket, Ms(100_000)));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void TokenBucket_NeverLetsMoreThroughThanBurstAndRate(int seed)
    {
        var random = new Random(seed);
        var (permits, every, burst) = (random.Next(1, 50), TimeSpan.FromMilliseconds(random.Next(1, 2000)), random.Next(1, 50));
        var bucket = new TokenBucket(permits, every, burst);
        var taken = Arrive(bucket, random, every);

        for (var first = 0; first < taken.Count; first++)
        {
            for (var last = first; last < taken.Count; last++)
            {
                var most = burst + ((taken[last] - taken[first]) * (double)permits / every.Ticks);
                Assert.True(last - first + 1 <= most + 1e-6, $"{last - first + 1} of at most {most}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void SlidingWindow_NeverLetsMoreThroughInAnyStretchOfItsTime(int seed)
    {
        var random = new Random(seed);
        var (permits, every) = (random.Next(1, 30), TimeSpan.FromMilliseconds(random.Next(1, 2000)));
        var taken = Arrive(new SlidingWindow(permits, every), random, every);

        for (var i = permits; i < taken.Count; i++)
        {
            Assert.True(taken[i] - taken[i - permits] >= every.Ticks, $"{permits + 1} within {taken[i] - taken[i - permits]} of {every.Ticks} ticks");
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Rates_KeepTheirWord_WhenTheySayWhenToComeAgain(int seed)
    {
        var random = new Random(seed);
        var (permits, every) = (random.Next(1, 30), TimeSpan.FromMilliseconds(random.Next(10, 2000)));
        foreach (var rate in new LimitPartition[] { new TokenBucket(permits, every, permits), new SlidingWindow(permits, every) })
        {
            var now = 0L;
            for (var i = 0; i < 200; i++)
            {
                if (rate.TryTake(now, out var retryAfter) == TakeOutcome.Refused)
                {
                    Assert.InRange(retryAfter, 1, every.Ticks + (every.Ticks / 10) + 10);
                    Assert.Equal(TakeOutcome.Refused, rate.TryTake(now + retryAfter - 1, out _));
                    Assert.Equal(TakeOutcome.Taken, rate.TryTake(now + retryAfter, out _));
                    now += retryAfter;
                }

                now += random.NextInt64(every.Ticks / 20);
            }
        }
    }

    [Fact]
    public void Rates_AreIdle_OnlyWhenANewOneWouldSayTheSame()
    {
        foreach (var rate in new LimitPartition[] { new TokenBucket(2, TimeSpan.FromSeconds(1), 2), new SlidingWindow(2, TimeSpan.FromSeconds(1)) })
        {
            Assert.Equal(TakeOutcome.Taken, rate.TryTake(0, out _));
            Assert.False(rate.TryGiveUp(Ms(400)));
            Assert.True(rate.TryGiveUp(Ms(1100)));
            Assert.Equal(TakeOutcome.Gone, rate.TryTake(Ms(1100), out _));
        }
    }

    [Fact]
    public void Rates_ForgetWhatWasUndone()
    {
        foreach (var rate in new LimitPartition[] { new TokenBucket(1, TimeSpan.FromSeconds(1), 1), new SlidingWindow(1, TimeSpan.FromSeconds(1)) })
        {
            Assert.Equal(TakeOutcome.Taken, rate.TryTake(0, out _));
            rate.Undo();
            Assert.Equal(TakeOutcome.Taken, rate.TryTake(0, out _));
            Assert.Equal(TakeOutcome.Refused, rate.TryTake(0, out _));
        }
    }

    private static long Ms(long value) => value * TimeSpan.TicksPerMillisecond;

    private static int TakeAll(LimitPartition rate, long now)
    {
        var count = 0;
        while (rate.TryTake(now, out _) == TakeOutcome.Taken)
        {
            count++;
        }

        return count;
    }

    /// <summary>Crowds, trickles and pauses.</summary>
    /// <returns>When something was let through.</returns>
    private static List<long> Arrive(LimitPartition rate, Random random, TimeSpan every)
    {
        var taken = new List<long>();
        var now = random.NextInt64(every.Ticks);
        for (var i = 0; i < 3000 && taken.Count < 400; i++)
        {
            now += random.Next(10) switch
            {
                < 6 => random.NextInt64(1 + (every.Ticks / 100)),
                < 9 => random.NextInt64(1 + (every.Ticks / 5)),
                _ => random.NextInt64(every.Ticks * 2),
            };
            if (rate.TryTake(now, out _) == TakeOutcome.Taken)
            {
                taken.Add(now);
            }
        }

        Assert.NotEmpty(taken);
        return taken;
    }
}
