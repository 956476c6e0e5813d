using System.Runtime.CompilerServices;
using McpHub.Pipeline;
using McpHub.Protocol;
using Microsoft.Extensions.Logging;

namespace McpHub.Observability;

/// <summary>
/// Measures everything behind it: the first stage, so that what any other stage refuses is counted too. What nobody expected becomes
/// an error that tells the client nothing of our insides, and the log everything; it is counted as what the client is told.
/// </summary>
/// <remarks>Both in one stage, because each stage that waits for a proxied call costs about 2 % of the call.</remarks>
internal sealed partial class ObserveStage(McpMetrics metrics, ILogger logger, McpHandler next)
{
    public ValueTask<McpResult> InvokeAsync(McpContext context, CancellationToken cancellationToken)
    {
        var operation = metrics.StartServerOperation(context);
        McpResult result;
        try
        {
            var pending = next(context, cancellationToken);
            if (!pending.IsCompletedSuccessfully)
            {
                return EndAsync(operation, pending, context);
            }

            result = pending.Result;
        }
        catch (Exception e)
        {
            result = Fail(context, e);
        }

        operation.End(result);
        operation.Dispose();
        return new ValueTask<McpResult>(result);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<McpResult> EndAsync(McpOperation operation, ValueTask<McpResult> pending, McpContext context)
    {
        McpResult result;
        try
        {
            result = await pending;
        }
        catch (Exception e)
        {
            result = Fail(context, e);
        }

        operation.End(result);
        operation.Dispose();
        return result;
    }

    private McpResult Fail(McpContext context, Exception exception)
    {
        LogFault(logger, exception, context.Envelope.Method);
        return McpResult.Fail(FailureKind.Internal, "Internal error: the gateway failed to handle the request; its log says why.");
    }

    [LoggerMessage(180, LogLevel.Error, "A request ({Method}) failed in a way that it should not have.")]
    private static partial void LogFault(ILogger logger, Exception exception, McpMethod method);
}
