using McpHub.Batching;

namespace McpHub.Tests.Batching;

/// <summary>The limit against a server that is computed: it works at so many requests at once, and lets the others stand in line.</summary>
public sealed class GradientLimitTests
{
    [Theory]
    [InlineData(5)]
    [InlineData(20)]
    [InlineData(60)]
    public void Limit_ComesToWhatTheServerWorksAt_WhenThereIsAlwaysMoreToDo(int capacity)
    {
        var limit = new GradientLimit(20, 1, 200);
        for (var i = 0; i < 1000; i++)
        {
            Answer(limit, capacity);
        }

        // 1.5 times the usual time is no line yet, and four places are to spare.
        Assert.InRange(limit.Current, capacity, (int)(capacity * 1.5) + 5);
    }

    [Fact]
    public void Limit_Shrinks_WhenTheServerCanDoLess()
    {
        var limit = new GradientLimit(20, 1, 200);
        for (var i = 0; i < 500; i++)
        {
            Answer(limit, capacity: 50);
        }

        var before = limit.Current;
        for (var i = 0; i < 500; i++)
        {
            Answer(limit, capacity: 5);
        }

        Assert.InRange(before, 50, 80);
        Assert.InRange(limit.Current, 5, 12);
    }

    [Fact]
    public void Limit_Grows_WhenAnswersAreAsFastAsUsual()
    {
        var limit = new GradientLimit(20, 1, 100);
        for (var i = 0; i < 200; i++)
        {
            limit.OnAnswer(0.005, 0.005, limit.Current);
        }

        Assert.Equal(100, limit.Current);
    }

    [Fact]
    public void Limit_StaysAsItIs_WhenFewAreRunning()
    {
        var limit = new GradientLimit(20, 1, 200);

        limit.OnAnswer(0.005, 0.005, 9);
        limit.OnAnswer(0.005, 0.5, 9);

        Assert.Equal(20, limit.Current);
    }

    [Fact]
    public void Limit_HalvesAtMost_ForOneSlowAnswer()
    {
        var limit = new GradientLimit(100, 1, 200);

        limit.OnAnswer(0.001, 100, 100);

        Assert.InRange(limit.Current, 90, 99);
    }

    [Fact]
    public void Limit_GoesDownToItsLeast_WhenEveryRequestFails()
    {
        var limit = new GradientLimit(100, 2, 200);
        for (var i = 0; i < 100; i++)
        {
            limit.OnFailure();
        }

        Assert.Equal(2, limit.Current);
    }

    private static void Answer(GradientLimit limit, int capacity) =>
        limit.OnAnswer(0.005, 0.005 * Math.Max(1, (double)limit.Current / capacity), limit.Current);
}
