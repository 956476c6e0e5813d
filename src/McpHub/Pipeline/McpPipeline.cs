using McpHub.Observability;
using Microsoft.Extensions.Logging;

namespace McpHub.Pipeline;

/// <summary>The one pipeline that every message goes through, whatever brought it.</summary>
internal sealed class McpPipeline
{
    private readonly McpHandler _handler;

    public McpPipeline(McpMetrics metrics, ILogger<McpPipeline> logger)
    {
        // From the inside out. Observe is the outermost, so that what any other stage refuses is measured too; Guard lies within it,
        // so that a fault of ours is measured as the failure that the client is told.
        McpHandler handler = Dispatcher.DispatchAsync;
        handler = new GuardStage(logger, handler).InvokeAsync;
        handler = new ObserveStage(metrics, handler).InvokeAsync;
        _handler = handler;
    }

    public ValueTask<McpResult> InvokeAsync(McpContext context) => _handler(context, context.Cancellation);
}
