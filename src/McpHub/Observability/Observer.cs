using McpHub.Pipeline;
using McpHub.Protocol;
using Microsoft.Extensions.Logging;

namespace McpHub.Observability;

/// <summary>
/// Measures every message from its start to its answer. What nobody expected becomes an error that tells the client nothing of our
/// insides, and the log everything; it is counted as what the client is told.
/// </summary>
internal sealed partial class Observer(McpMetrics metrics, ILogger logger)
{
    public void Begin(McpContext context) => context.Operation = metrics.StartServerOperation(context);

    public static void End(McpContext context, in McpResult result)
    {
        context.Operation.End(result);
        context.Operation.Dispose();
    }

    public McpResult Fail(McpContext context, Exception exception)
    {
        LogFault(logger, exception, context.Envelope.Method);
        return McpResult.Fail(FailureKind.Internal, "Internal error: the gateway failed to handle the request; its log says why.");
    }

    [LoggerMessage(180, LogLevel.Error, "A request ({Method}) failed in a way that it should not have.")]
    private static partial void LogFault(ILogger logger, Exception exception, McpMethod method);
}
