using McpHub.Bridging.Subscriptions;
using McpHub.Catalog;

namespace McpHub.Tests.Bridging.Subscriptions;

public sealed class PendingChangesTests
{
    [Fact]
    public void Changes_AreTakenOnce_HoweverOftenTheyHappened()
    {
        var pending = default(PendingChanges);
        for (var i = 0; i < 3; i++)
        {
            pending.Add("a", "a");
            pending.Add(ListKinds.Resources);
            pending.Add("b", "b");
            pending.Add(ListKinds.Tools);
        }

        Assert.Equal(["Tools", "Resources", "a", "b"], TakeAll(ref pending));
        Assert.Empty(TakeAll(ref pending));
    }

    [Fact]
    public void Resources_BelowASubscribedOne_BecomeThatOne_WhenThereAreTooMany()
    {
        var pending = default(PendingChanges);
        for (var i = 0; i < 100_000; i++)
        {
            pending.Add("dir/" + i, "dir");
        }

        var taken = TakeAll(ref pending);
        Assert.Equal(1001, taken.Count);
        Assert.Contains("dir", taken);
    }

    private static List<string> TakeAll(ref PendingChanges pending)
    {
        var taken = new List<string>();
        while (pending.TryTake(out var list, out var uri))
        {
            taken.Add(uri ?? list.ToString());
        }

        return taken;
    }
}
