using System.Runtime.CompilerServices;
using McpHub.Pipeline;

namespace McpHub.Observability;

/// <summary>Measures everything behind it: the first stage, so that what any other stage refuses is counted too.</summary>
internal sealed class ObserveStage(McpMetrics metrics, McpHandler next)
{
    public ValueTask<McpResult> InvokeAsync(McpContext context, CancellationToken cancellationToken)
    {
        var operation = metrics.StartServerOperation(context);
        var pending = next(context, cancellationToken);
        if (!pending.IsCompletedSuccessfully)
        {
            return EndAsync(operation, pending);
        }

        var result = pending.Result;
        operation.End(result);
        operation.Dispose();
        return new ValueTask<McpResult>(result);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<McpResult> EndAsync(McpOperation operation, ValueTask<McpResult> pending)
    {
        using (operation)
        {
            var result = await pending;
            operation.End(result);
            return result;
        }
    }
}
