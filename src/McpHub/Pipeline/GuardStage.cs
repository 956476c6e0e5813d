using System.Runtime.CompilerServices;
using McpHub.Protocol;
using Microsoft.Extensions.Logging;

namespace McpHub.Pipeline;

/// <summary>Turns what nobody expected into an error that tells the client nothing of our insides, and the log everything.</summary>
internal sealed partial class GuardStage(ILogger logger, McpHandler next)
{
    public ValueTask<McpResult> InvokeAsync(McpContext context, CancellationToken cancellationToken)
    {
        try
        {
            var pending = next(context, cancellationToken);
            return pending.IsCompletedSuccessfully ? pending : AwaitAsync(pending, context);
        }
        catch (Exception e)
        {
            return new ValueTask<McpResult>(Fail(context, e));
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<McpResult> AwaitAsync(ValueTask<McpResult> pending, McpContext context)
    {
        try
        {
            return await pending;
        }
        catch (Exception e)
        {
            return Fail(context, e);
        }
    }

    private McpResult Fail(McpContext context, Exception exception)
    {
        LogFault(logger, exception, context.Envelope.Method);
        return McpResult.Fail(FailureKind.Internal, "Internal error: the gateway failed to handle the request; its log says why.");
    }

    [LoggerMessage(180, LogLevel.Error, "A request ({Method}) failed in a way that it should not have.")]
    private static partial void LogFault(ILogger logger, Exception exception, McpMethod method);
}
