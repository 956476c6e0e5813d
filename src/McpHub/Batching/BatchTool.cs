using McpHub.Configuration;
using McpHub.NativeTools;
using McpHub.Pipeline.Nested;
using McpHub.Protocol;

namespace McpHub.Batching;

/// <summary>The tool <c>hub_batch</c>: many calls with one request.</summary>
internal sealed class BatchTool(BatchEngine batches) : IGatewayTool
{
    public string Definition => BatchDefinition.Json;

    public string Category => "hub";

    public bool IsOffered(GatewayConfig gateway) => gateway.Batch.Enabled;

    public async Task<NestedOutput> RunAsync(NestedRun run, CancellationToken cancellationToken)
    {
        var model = batches.Current;
        if (BatchRequest.Read(run.Arguments, model.Config.MaxItems, out var problem) is not { } request)
        {
            return NestedOutput.Text($"Invalid arguments for tool '{BatchDefinition.Name}': {problem}", isError: true);
        }

        var progress = run.WantsProgress ? new BatchProgress(run, request.Items.Count) : null;
        var outcomes = await new BatchRun(request, new NestedItemCalls(run, model), model.Services, progress is null ? null : progress.OnOutcome).RunAsync(cancellationToken);

        // Also of a batch that nobody waits for any more.
        batches.Count(request, outcomes);
        cancellationToken.ThrowIfCancellationRequested();
        return NestedOutput.Structured(BatchOutput.Write(request.Items, outcomes));
    }
}
