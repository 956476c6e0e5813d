using McpHub.Bridging.Subscriptions;
using McpHub.Observability;
using Microsoft.Extensions.Logging;

namespace McpHub.Pipeline;

/// <summary>The one pipeline that every message goes through, whatever brought it.</summary>
internal sealed class McpPipeline
{
    private readonly McpHandler _handler;

    public McpPipeline(SubscriptionHub subscriptions, McpMetrics metrics, ILogger<McpPipeline> logger)
    {
        Subscriptions = subscriptions;

        // From the inside out. Observe is the outermost, so that what any other stage refuses, or fails at, is measured too.
        McpHandler handler = Dispatcher.DispatchAsync;
        handler = new SubscriptionStage(subscriptions, handler).InvokeAsync;
        handler = new ObserveStage(metrics, logger, handler).InvokeAsync;
        _handler = handler;
    }

    /// <summary>Who is told of changes.</summary>
    public SubscriptionHub Subscriptions { get; }

    public ValueTask<McpResult> InvokeAsync(McpContext context) => _handler(context, context.Cancellation);
}
