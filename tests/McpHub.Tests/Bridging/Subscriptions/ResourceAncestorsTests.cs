using McpHub.Bridging.Subscriptions;

namespace McpHub.Tests.Bridging.Subscriptions;

public sealed class ResourceAncestorsTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain", "plain")]
    [InlineData("x:a/b", "x:a/b x:a/ x:a")]
    [InlineData("x:a/b/", "x:a/b/ x:a/b x:a/ x:a")]
    [InlineData("x:a?b#c", "x:a?b#c x:a?b# x:a?b x:a? x:a")]
    [InlineData("x:a//b", "x:a//b x:a// x:a/ x:a/ x:a")]
    public void Walk_GivesEachLevel_LongestFirst(string uri, string expected)
    {
        var levels = new List<string>();
        var ancestors = new ResourceAncestors(uri);
        while (ancestors.MoveNext())
        {
            levels.Add(ancestors.Current.ToString());
        }

        Assert.Equal(expected, string.Join(' ', levels));
    }

    [Fact]
    public void Walk_Ends_HoweverManyLevelsThereAre()
    {
        var count = 0;
        var ancestors = new ResourceAncestors(new string('/', 100_000));
        while (ancestors.MoveNext())
        {
            count++;
        }

        Assert.InRange(count, 64, 129);
    }
}
