using McpHub.Protocol;
using McpHub.Upstreams.Subscriptions;

namespace McpHub.Tests.Upstreams;

public sealed class WantedResourcesTests
{
    [Fact]
    public async Task Nobody_WaitsForAServerThatIsAway()
    {
        var wanted = new WantedResources();
        Assert.Null(await wanted.Add("early"));

        wanted.Start();
        var open = wanted.Add("open");
        var refused = wanted.Add("refused");
        Assert.False(open.IsCompleted);
        wanted.Settle("refused", new Failure(FailureKind.InvalidParams, "no"));
        Assert.Equal("no", (await refused)!.Message);
        wanted.Stop();

        Assert.Null(await open);
        Assert.Equal(["early", "open", "refused"], wanted.Read(out _, out _));
    }

    [Fact]
    public void Reader_LearnsOfEveryChange()
    {
        var wanted = new WantedResources();
        wanted.Read(out var first, out var changed);
        foreach (var change in (Action[])[() => wanted.Add("a"), () => wanted.Remove("a"), wanted.Renew])
        {
            Assert.False(changed.IsCompleted);
            change();
            Assert.True(changed.IsCompleted);
            wanted.Read(out _, out changed);
        }

        wanted.Remove("never there");
        Assert.False(changed.IsCompleted);
        wanted.Read(out var last, out _);
        Assert.Equal(first + 1, last);
    }
}
