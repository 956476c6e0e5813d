using McpHub.Bridging.Tasks;
using McpHub.Observability;
using Microsoft.Extensions.Logging;

namespace McpHub.Pipeline;

/// <summary>The one pipeline that every message goes through, whatever brought it.</summary>
internal sealed class McpPipeline
{
    private readonly McpHandler _handler;

    public McpPipeline(TaskIds taskIds, McpMetrics metrics, ILogger<McpPipeline> logger)
    {
        // From the inside out. Observe is the outermost, so that what any other stage refuses, or fails at, is measured too.
        McpHandler handler = Dispatcher.DispatchAsync;
        handler = new TaskStage(taskIds, handler).InvokeAsync;
        handler = new ObserveStage(metrics, logger, handler).InvokeAsync;
        _handler = handler;
    }

    public ValueTask<McpResult> InvokeAsync(McpContext context) => _handler(context, context.Cancellation);
}
