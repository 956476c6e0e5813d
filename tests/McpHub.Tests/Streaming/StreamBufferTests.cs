using McpHub.Streaming;
using McpHub.Testing;

namespace McpHub.Tests.Streaming;

public sealed class StreamBufferTests
{
    private const int Part = 100 - StreamBuffer.PartOverhead;

    private static readonly StreamSizes Sizes = new(Low: 300, High: 1000, Most: 2000);

    private readonly StreamBudget _budget = new() { Limit = 100_000 };
    private readonly RecordingObserver _observer = new();

    [Fact]
    public async Task Producer_IsPausedAtTheHighWatermark_UntilTheReaderIsDownToTheLow()
    {
        var buffer = Create();
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(AppendOutcome.Taken, await AppendAsync(buffer));
        }

        var eleventh = AppendAsync(buffer);
        buffer.Acknowledge(6);
        Assert.False(eleventh.IsCompleted);
        buffer.Acknowledge(7);

        Assert.Equal(AppendOutcome.Taken, await eleventh.WithinLimitAsync("room"));
        Assert.Equal((400, 7, 11), (buffer.Held, buffer.First, buffer.Count));
        Assert.Equal((1, 1), (_observer.Pauses, _observer.Resumes));
    }

    [Fact]
    public async Task Part_IsTakenWhenTheBufferIsEmpty_ThatIsLargerThanTheHighWatermark()
    {
        var buffer = Create();
        await AppendAsync(buffer);
        var large = buffer.AppendAsync(new byte[1500], CancellationToken.None).AsTask();
        Assert.False(large.IsCompleted);

        buffer.Acknowledge(1);

        Assert.Equal(AppendOutcome.Taken, await large.WithinLimitAsync("room"));
        Assert.Equal(AppendOutcome.StreamFull, await Create().AppendAsync(new byte[2000], CancellationToken.None));
    }

    [Fact]
    public void ProducerThatCannotWait_IsRefusedBeyondTheMost_AndWarnedOfOnceBefore()
    {
        var buffer = Create();
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(AppendOutcome.Taken, buffer.TryAppend(new byte[Part]));
        }

        Assert.Equal(AppendOutcome.StreamFull, buffer.TryAppend(new byte[Part]));
        Assert.Equal((20, 1, 1), (_observer.Parts, _observer.Filling, _observer.Pauses));
        Assert.False(buffer.WhenRoomAsync().IsCompleted);
    }

    [Fact]
    public void AllStreamsTogether_HoldNoMoreThanTheBudget_AndARunningOneAlwaysItsHighWatermark()
    {
        _budget.Limit = 2500;
        var first = Create();
        var second = Create();
        var refused = AppendOutcome.Taken;
        for (var i = 0; i < 20 && refused == AppendOutcome.Taken; i++)
        {
            refused = first.TryAppend(new byte[Part]);
        }

        Assert.Equal((AppendOutcome.AllFull, 1500L), (refused, first.Held));
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(AppendOutcome.Taken, second.TryAppend(new byte[Part]));
        }

        Assert.Equal((2500L, 2500L, 1), (_budget.Held, _budget.Taken, _observer.AllFilling));
        first.Discard();
        second.Discard();
        Assert.Equal((0L, 0L), (_budget.Held, _budget.Taken));
    }

    [Fact]
    public void Reading_GivesWholePartsUpToASize_AndAtLeastOne()
    {
        var buffer = Create();
        foreach (var length in new[] { 10, 20, 30, 40 })
        {
            buffer.TryAppend(new byte[length]);
        }

        Assert.Equal("0: 10,20,30", Read(buffer, 0, 60));
        Assert.Equal("1: 20", Read(buffer, 1, 1));
        Assert.Equal("3: 40", Read(buffer, 3, 1000));
        Assert.Equal("4: ", Read(buffer, 4, 1000));
        buffer.Acknowledge(2);
        Assert.Equal("2: 30", Read(buffer, 0, 30));
    }

    [Fact]
    public void EndedBuffer_KeepsItsPartsAndGivesBackTheRest()
    {
        var buffer = Create();
        buffer.TryAppend(new byte[Part]);

        Assert.True(buffer.End(200));

        Assert.Equal((300L, 300L), (_budget.Held, _budget.Taken));
        Assert.Equal(AppendOutcome.Ended, buffer.TryAppend(new byte[1]));
        Assert.True(buffer.WhenReadableAsync(5).IsCompleted);
        buffer.Acknowledge(1);
        Assert.Equal(200, _budget.Taken);
        buffer.Discard();
        Assert.Equal((0L, 0L), (_budget.Held, _budget.Taken));
    }

    [Fact]
    public async Task PausedProducer_GoesOn_WhenTheReaderIsGone()
    {
        var buffer = Create();
        while (!buffer.IsPaused)
        {
            buffer.TryAppend(new byte[Part]);
        }

        var waiting = AppendAsync(buffer);
        buffer.Discard();

        Assert.Equal(AppendOutcome.Ended, await waiting.WithinLimitAsync("the end"));
        Assert.False(buffer.WhenRoomAsync().IsCompleted);
        Assert.Equal(0, _budget.Held);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task EveryByte_ComesOutOnceAndInOrder_HoweverProducersAndReadersTakeTurns(int seed)
    {
        const int Parts = 5000;
        var buffer = Create();
        var most = 0L;
        var producing = ProduceAsync();
        var reading = new Random(-seed);
        var next = 0L;
        var parts = new List<byte[]>();
        while (next < Parts)
        {
            await buffer.WhenReadableAsync(next).WithinLimitAsync("a part");
            parts.Clear();
            Assert.Equal(next, buffer.Read(next, reading.Next(2000), parts));
            Assert.All(parts, (part, i) => Assert.Equal(next + i, BitConverter.ToInt32(part)));
            next += parts.Count;
            buffer.Acknowledge(next);
        }

        await producing.WithinLimitAsync("the producer");
        Assert.InRange(most, 1, Sizes.High);
        Assert.Equal((0L, 0L, Parts), (_budget.Held, _budget.Taken, _observer.Parts));

        async Task ProduceAsync()
        {
            var random = new Random(seed);
            for (var i = 0; i < Parts; i++)
            {
                var part = new byte[4 + random.Next(400)];
                BitConverter.TryWriteBytes(part, i);
                Assert.Equal(AppendOutcome.Taken, await buffer.AppendAsync(part, CancellationToken.None));
                most = Math.Max(most, buffer.Held);
                if (random.Next(50) == 0)
                {
                    await Task.Yield();
                }
            }

            buffer.End(0);
        }
    }

    private StreamBuffer Create()
    {
        Assert.True(_budget.TryTake(Sizes.High));
        return new StreamBuffer(Sizes, _budget, _observer);
    }

    private static Task<AppendOutcome> AppendAsync(StreamBuffer buffer) => buffer.AppendAsync(new byte[Part], CancellationToken.None).AsTask();

    private static string Read(StreamBuffer buffer, long number, int mostBytes)
    {
        var parts = new List<byte[]>();
        var first = buffer.Read(number, mostBytes, parts);
        return $"{first}: {string.Join(',', parts.Select(p => p.Length))}";
    }
}
