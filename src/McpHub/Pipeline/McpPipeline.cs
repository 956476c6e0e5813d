using System.Runtime.CompilerServices;
using McpHub.Auditing;
using McpHub.Batching;
using McpHub.Bridging.Subscriptions;
using McpHub.Bridging.Tasks;
using McpHub.Caching;
using McpHub.Catalog;
using McpHub.Observability;
using McpHub.RateLimiting;
using McpHub.Security.Permissions;
using Microsoft.Extensions.Logging;

namespace McpHub.Pipeline;

/// <summary>The one pipeline that every message goes through, whatever brought it.</summary>
internal sealed class McpPipeline
{
    private readonly McpHandler _handler;
    private readonly Observer _observer;
    private readonly PermissionCheck _permissions;

    public McpPipeline(
        CatalogStore catalog,
        TaskIds taskIds,
        SubscriptionHub subscriptions,
        RateLimits limits,
        ResultCache cache,
        BatchEngine batches,
        AuditLog audit,
        McpMetrics metrics,
        ILogger<McpPipeline> logger)
    {
        Subscriptions = subscriptions;
        Batches = batches;

        // From the inside out. The observer is around all of it, so that what any stage refuses, or fails at, is measured too.
        _permissions = new PermissionCheck(metrics);

        // Limits know the target, because they may be for one tool; what nobody may have, or is over a limit, reaches no source.
        McpHandler handler = Dispatcher.DispatchAsync;
        handler = new BulkStage(batches, handler).InvokeAsync;
        handler = new CacheStage(cache, handler).InvokeAsync;
        handler = new LimitStage(limits, handler).InvokeAsync;
        handler = Resolve(handler);
        handler = new SubscriptionStage(subscriptions, taskIds, _permissions, handler).InvokeAsync;
        handler = new TaskStage(taskIds, handler).InvokeAsync;

        // Before whatever looks anything up: what a caller may not have is not there for any of them.
        handler = new CallerViewStage(handler).InvokeAsync;

        // Around the others, because what they look up, and what a caller is shown of it, is in the view that it may replace.
        handler = new DeclaredListStage(catalog, subscriptions.Time, handler).InvokeAsync;
        _observer = new Observer(metrics, logger);

        // Around all that may refuse, so that what is refused is recorded too.
        _handler = new AuditStage(audit, _observer.Fail, handler).InvokeAsync;
    }

    /// <summary>Who is told of changes.</summary>
    public SubscriptionHub Subscriptions { get; }

    /// <summary>What the batches of all clients share.</summary>
    public BatchEngine Batches { get; }

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
        // Before anybody hears of the answer: whoever asks after it must not be given what was known before.
        context.Invalidation?.Apply();
        context.Leases?.Release();
        if (context.Audit is { } audit)
        {
            context.Audit = null;
            audit.Write(context, result);
        }

        Observer.End(context, result);
        return result;
    }

    /// <summary>What the client is told of an exception that nobody expected.</summary>
    public McpResult Fail(McpContext context, Exception exception) => _observer.Fail(context, exception);

    /// <summary>What follows decides by what the request is about.</summary>
    private McpHandler Resolve(McpHandler next) => (context, cancellationToken) =>
    {
        Targets.Resolve(context);
        return _permissions.Check(context) is { } refused
            ? new ValueTask<McpResult>(McpResult.Fail(refused))
            : next(context, cancellationToken);
    };

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
