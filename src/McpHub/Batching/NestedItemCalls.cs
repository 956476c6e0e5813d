using System.Diagnostics;
using McpHub.Catalog;
using McpHub.Pipeline.Nested;
using McpHub.Protocol;

namespace McpHub.Batching;

/// <summary>The calls of a batch, made by the run of <c>hub_batch</c> as its caller's. Thread-safe.</summary>
internal sealed class NestedItemCalls(NestedRun run, BatchModel model) : IItemCalls
{
    public ToolTraits? Find(string tool)
    {
        if (EntryOf(tool) is not { } entry)
        {
            return null;
        }

        // Calls that can't become one now have to wait for a place each.
        var traits = model.TraitsOf(entry);
        return traits.Bulk is null || (traits.Bulk.DefinitionAt(entry.Source) is not null && BulkStage.IsSameForAll(entry, run.Features))
            ? traits : traits with { Bulk = null };
    }

    public bool IsKept(BatchItem item) => EntryOf(item.Tool) is { } entry && model.Knows(entry, item.Params.Span, run.Caller);

    public async ValueTask<(ItemOutcome Outcome, LatencySample Sample)> CallAsync(BatchItem item, BulkSeat? seat, CancellationToken cancellationToken)
    {
        var call = new NestedCall(item.Tool, item.Params) { Seat = seat, IsUnhurried = item.Priority < 0 };
        var started = Stopwatch.GetTimestamp();
        using var result = await run.CallAsync(call, cancellationToken);
        var duration = Stopwatch.GetElapsedTime(started);
        if (!result.IsError)
        {
            // Results are copied: the batch goes on, and a rented buffer must not wait with it.
            var outcome = new ItemOutcome
            {
                Status = result.IsToolError ? ItemStatus.ToolError : ItemStatus.Succeeded,
                Result = result.Json.ToArray(),
                Duration = duration,
                IsFromCache = result.IsFromCache,
            };

            // One that may have waited for others says nothing of its own time.
            var isMeasured = !result.IsFromCache && !result.IsToolError && !(call.IsUnhurried && model.HasBulk);
            return (outcome, isMeasured ? new LatencySample(duration, false) : LatencySample.None);
        }

        var error = new ItemOutcome
        {
            Status = ItemStatus.Failed,
            Code = result.Code,
            Message = result.ErrorText,
            Data = DataOf(result),
            Duration = duration,
            RetryAfter = result.Failure is { Kind: FailureKind.RateLimited } limited ? limited.RetryAfter : 0,
        };
        return (error, result.Failure is { } failure ? LatencySample.OfFailure(failure.Kind) : LatencySample.None);
    }

    private static ReadOnlyMemory<byte> DataOf(in NestedResult result) =>
        result.Failure is { } failure ? failure.Data
        : JsonMembers.TryGet(result.Json.Span, "data"u8, out var data) ? data.ToArray() : default;

    private CatalogEntry? EntryOf(string tool) => run.View.FindTool(tool);
}
