using McpHub.Batching;

namespace McpHub.Tests.Batching;

public sealed class LatencyBaselineTests
{
    [Fact]
    public void Baseline_IsTheMean_OfTheFirstAnswers()
    {
        var baseline = new LatencyBaseline();

        baseline.Add(1);
        baseline.Add(2);

        Assert.Equal(3, baseline.Add(6), 6);
    }

    [Fact]
    public void Baseline_HardlyMoves_WhenABurstIsSlow()
    {
        var baseline = Steady(0.01);
        for (var i = 0; i < 50; i++)
        {
            baseline.Add(0.02);
        }

        Assert.InRange(baseline.Seconds, 0.01, 0.0115);
    }

    [Fact]
    public void Baseline_FollowsInTheEnd_WhenTheToolIsSlowerForGood()
    {
        var baseline = Steady(0.01);
        for (var i = 0; i < 5000; i++)
        {
            baseline.Add(0.02);
        }

        Assert.InRange(baseline.Seconds, 0.0199, 0.0201);
    }

    [Fact]
    public void Baseline_ComesDownFast_WhenAnswersAreFastAgain()
    {
        var baseline = Steady(0.1);
        for (var i = 0; i < 30; i++)
        {
            baseline.Add(0.01);
        }

        Assert.InRange(baseline.Seconds, 0.01, 0.03);
    }

    private static LatencyBaseline Steady(double seconds)
    {
        var baseline = new LatencyBaseline();
        for (var i = 0; i < 100; i++)
        {
            baseline.Add(seconds);
        }

        return baseline;
    }
}
