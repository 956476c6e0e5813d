using System.Runtime.CompilerServices;
using McpHub.Bridging.Subscriptions;
using McpHub.Bridging.Tasks;
using McpHub.Caching;
using McpHub.Observability;
using Microsoft.Extensions.Logging;

namespace McpHub.Pipeline;

/// <summary>The one pipeline that every message goes through, whatever brought it.</summary>
internal sealed class McpPipeline
{
    private readonly McpHandler _handler;
    private readonly McpHandler _resolved;
    private readonly Observer _observer;

    public McpPipeline(TaskIds taskIds, SubscriptionHub subscriptions, ResultCache cache, McpMetrics metrics, ILogger<McpPipeline> logger)
    {
        Subscriptions = subscriptions;

        // From the inside out. The observer is around all of it, so that what any stage refuses, or fails at, is measured too.
        _resolved = new CacheStage(cache, Dispatcher.DispatchAsync).InvokeAsync;
        McpHandler handler = ResolveAsync;
        handler = new SubscriptionStage(subscriptions, handler).InvokeAsync;
        handler = new TaskStage(taskIds, handler).InvokeAsync;
        _handler = handler;
        _observer = new Observer(metrics, logger);
    }

    /// <summary>Who is told of changes.</summary>
    public SubscriptionHub Subscriptions { get; }

    /// <summary>Answers a message. Never throws.</summary>
    public ValueTask<McpResult> InvokeAsync(McpContext context)
    {
        var pending = Begin(context);
        return pending.IsCompletedSuccessfully ? new ValueTask<McpResult>(End(context, pending.Result)) : EndAsync(context, pending);
    }

    /// <summary>
    /// The first half of <see cref="InvokeAsync"/>, for a transport that waits anyway: each method more that waits for a proxied call
    /// costs about 2 % of the call. What comes of it goes through <see cref="End"/>, or through <see cref="Fail"/> first.
    /// </summary>
    public ValueTask<McpResult> Begin(McpContext context)
    {
        _observer.Begin(context);
        try
        {
            return _handler(context, context.Cancellation);
        }
        catch (Exception e)
        {
            return new ValueTask<McpResult>(Fail(context, e));
        }
    }

    public static McpResult End(McpContext context, McpResult result)
    {
        context.Invalidation?.Apply();
        Observer.End(context, result);
        return result;
    }

    /// <summary>What the client is told of an exception that nobody expected.</summary>
    public McpResult Fail(McpContext context, Exception exception) => _observer.Fail(context, exception);

    /// <summary>What follows decides by what the request is about.</summary>
    private ValueTask<McpResult> ResolveAsync(McpContext context, CancellationToken cancellationToken)
    {
        Targets.Resolve(context);
        return _resolved(context, cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<McpResult> EndAsync(McpContext context, ValueTask<McpResult> pending)
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

        return End(context, result);
    }
}
