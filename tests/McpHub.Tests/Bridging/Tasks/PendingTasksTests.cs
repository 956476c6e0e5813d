using McpHub.Bridging.Tasks;

namespace McpHub.Tests.Bridging.Tasks;

public sealed class PendingTasksTests
{
    private readonly PendingTasks _pending = new();

    [Fact]
    public void State_IsTakenOnce_AndIsTheNewest()
    {
        Assert.True(_pending.TryAdd("a", [1]));
        Assert.True(_pending.TryAdd("b", [2]));
        Assert.True(_pending.TryAdd("a", [3]));

        Assert.Equal([3, 2], TakeAll());
        Assert.Empty(TakeAll());
    }

    [Fact]
    public void Tasks_TakeTurns_ThoughOneChangesAllTheTime()
    {
        _pending.TryAdd("busy", [1]);
        _pending.TryAdd("quiet", [2]);
        Assert.True(_pending.TryTake(out var first));
        _pending.TryAdd("busy", [3]);

        Assert.Equal([1], first);
        Assert.Equal([2, 3], TakeAll());
    }

    [Fact]
    public void States_AreNotTaken_BeyondTheBytesThatMayBePending()
    {
        var half = new byte[PendingTasks.MostBytes / 2];
        Assert.True(_pending.TryAdd("a", half));
        Assert.True(_pending.TryAdd("b", half));
        Assert.False(_pending.TryAdd("c", [0]));
        Assert.False(_pending.TryAdd("a", new byte[half.Length + 1]));

        // What takes the place of another counts for itself alone, and what was taken out for nothing.
        Assert.True(_pending.TryAdd("a", half));
        Assert.True(_pending.TryTake(out _));
        Assert.True(_pending.TryAdd("c", half));
    }

    [Fact]
    public void State_IsTaken_HoweverLong_WhenItIsTheOnlyOne()
    {
        Assert.True(_pending.TryAdd("a", new byte[PendingTasks.MostBytes + 1]));
        Assert.True(_pending.TryAdd("a", new byte[PendingTasks.MostBytes + 2]));
        Assert.False(_pending.TryAdd("b", [0]));
    }

    private List<byte> TakeAll()
    {
        var all = new List<byte>();
        while (_pending.TryTake(out var message))
        {
            all.Add(message[0]);
        }

        return all;
    }
}
