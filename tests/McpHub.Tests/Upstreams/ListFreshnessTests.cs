using McpHub.Testing;
using McpHub.Upstreams;

namespace McpHub.Tests.Upstreams;

public sealed class ListFreshnessTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(60, 60, 66)]
    [InlineData(1, 5, 5.5)]
    [InlineData(0.001, 5, 5.5)]
    [InlineData(900_000, 86_400, 95_040)]
    public void Rest_IsTheTimeThatTheServerGives_WithinBounds_AndALittleMore(double good, double least, double most)
    {
        var freshness = new ListFreshness(_time);
        freshness.Taken(TimeSpan.FromSeconds(good));

        Assert.InRange(freshness.Rest.TotalSeconds, least, most);
        _time.Advance(TimeSpan.FromSeconds(least - 1));
        Assert.InRange(freshness.Rest.TotalSeconds, 1, most - least + 1);
        _time.Advance(TimeSpan.FromSeconds(most - least + 1));
        Assert.Equal(TimeSpan.Zero, freshness.Rest);
    }

    [Fact]
    public void Rest_IsInfinite_WhereTheServerGivesNoTime()
    {
        var freshness = new ListFreshness(_time);
        Assert.Equal(Timeout.InfiniteTimeSpan, freshness.Rest);

        freshness.Taken(TimeSpan.FromSeconds(60));
        freshness.Taken(null);

        Assert.Equal(Timeout.InfiniteTimeSpan, freshness.Rest);
    }

    [Fact]
    public void Failures_AreTriedAgain_EverMoreSeldom_UntilOneSucceeds()
    {
        var freshness = new ListFreshness(_time);
        freshness.Taken(TimeSpan.FromSeconds(60));
        foreach (var pause in new[] { 5, 10, 20, 40, 80, 160, 300, 300 })
        {
            freshness.Failed();
            Assert.InRange(freshness.Rest.TotalSeconds, pause, pause * 1.1);
        }

        freshness.Taken(TimeSpan.FromSeconds(60));
        Assert.InRange(freshness.Rest.TotalSeconds, 60, 66);
        freshness.Failed();
        Assert.InRange(freshness.Rest.TotalSeconds, 5, 5.5);
    }
}
