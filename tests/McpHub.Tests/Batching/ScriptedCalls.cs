using System.Collections.Concurrent;
using System.Text;
using McpHub.Batching;

namespace McpHub.Tests.Batching;

/// <summary>Tools whose calls do what a test says.</summary>
internal sealed class ScriptedCalls : IItemCalls
{
    private readonly Lane _server = Lane.Fixed("srv", 1000);

    /// <summary>The calls that were made, by the item's id, in their order.</summary>
    public ConcurrentQueue<string> Made { get; } = new();

    /// <summary>What a call does; it succeeds at once otherwise.</summary>
    public Func<BatchItem, CancellationToken, Task<ItemOutcome>> Call { get; set; } = (_, _) => Task.FromResult(Ok);

    /// <summary>The ids of the items whose results are known.</summary>
    public HashSet<string> Kept { get; } = [];

    /// <summary>The ids of the items that a limit refuses once, for a second.</summary>
    public ConcurrentDictionary<string, bool> RefusedOnce { get; } = new();

    /// <summary>The lane of the tier that all tools are of.</summary>
    public Lane? Tier { get; set; }

    public BulkForm? Bulk { get; set; }

    /// <summary>Makes a bulk call of its arguments, and gives its result.</summary>
    public Func<string, string>? BulkCall { get; set; }

    public static ItemOutcome Ok { get; } = new() { Status = ItemStatus.Succeeded, Result = "{}"u8.ToArray() };

    public static ItemOutcome No { get; } = new() { Status = ItemStatus.ToolError, Result = "{}"u8.ToArray() };

    public ToolTraits? Find(string tool) => tool switch
    {
        "missing" => null,
        "direct" => new ToolTraits { Key = tool },
        _ => new ToolTraits { Key = tool, Route = new Route(_server, Tier), IsShareable = tool == "read", IsCached = Kept.Count > 0, Bulk = tool == "many" ? Bulk : null },
    };

    public bool IsKept(BatchItem item) => Kept.Contains(item.Id!);

    public async ValueTask<(ItemOutcome Outcome, LatencySample Sample)> CallAsync(BatchItem item, BulkSeat? seat, CancellationToken cancellationToken)
    {
        Made.Enqueue(item.Id!);
        if (RefusedOnce.TryRemove(item.Id!, out _))
        {
            return (new ItemOutcome { Status = ItemStatus.Failed, Code = -31005, RetryAfter = 1 }, LatencySample.None);
        }

        if (seat is not null && BulkCall is not null)
        {
            var answer = await seat.TakeAsync(
                item.Params, (arguments, _) => Task.FromResult(new BulkAnswer { Part = new BulkPart(Encoding.UTF8.GetBytes(BulkCall(Encoding.UTF8.GetString(arguments.Span))), false) }), cancellationToken);
            if (answer?.Part is { } part)
            {
                return (new ItemOutcome { Status = part.IsToolError ? ItemStatus.ToolError : ItemStatus.Succeeded, Result = part.Result }, LatencySample.None);
            }

            if (answer?.Failure is { } failure)
            {
                return (ItemOutcome.Of(failure.Kind, failure.Message), LatencySample.None);
            }
        }

        return (await Call(item, cancellationToken), LatencySample.None);
    }
}
