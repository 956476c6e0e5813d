using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.RateLimiting;

/// <summary>
/// Lets a request through when none of its limits says otherwise. What it holds meanwhile is given back at its end, by the pipeline.
/// </summary>
internal sealed class LimitStage(RateLimits limits, McpHandler next)
{
    public ValueTask<McpResult> InvokeAsync(McpContext context, CancellationToken cancellationToken)
    {
        // A ping costs nothing, and a client that gets no answer to it takes its session for dead.
        if (limits.Current is not { } model || context.Envelope.Kind != EnvelopeKind.Request || context.Envelope.Method == McpMethod.Ping)
        {
            return next(context, cancellationToken);
        }

        var plan = model.PlanOf(context);
        context.TierTimeout = plan.Timeout;
        var now = limits.Now;
        for (var i = 0; i < plan.Steps.Length; i++)
        {
            var step = plan.Steps[i];
            if (!TryTake(context, step, now, out var partition, out var retryAfter))
            {
                return step.Rule.HasQueue && ((ConcurrencySlots)partition).TryQueue() is { } waiter
                    ? WaitAsync(context, plan, i, (ConcurrencySlots)partition, waiter, cancellationToken)
                    : new ValueTask<McpResult>(Refuse(context, step.Rule, retryAfter));
            }
        }

        return next(context, cancellationToken);
    }

    private static bool TryTake(McpContext context, LimitStep step, long now, out LimitPartition partition, out long retryAfter)
    {
        TakeOutcome outcome;
        do
        {
            partition = step.PartitionOf(context, now);
            outcome = partition.TryTake(now, out retryAfter);
        }
        while (outcome == TakeOutcome.Gone);
        if (outcome == TakeOutcome.Refused)
        {
            return false;
        }

        (context.Leases ??= new LimitLeases()).Add(partition);
        return true;
    }

    /// <summary>Goes on from the limit that has no place now.</summary>
    private async ValueTask<McpResult> WaitAsync(
        McpContext context, LimitPlan plan, int at, ConcurrencySlots slots, SlotWaiter? waiter, CancellationToken cancellationToken)
    {
        while (true)
        {
            var rule = plan.Steps[at].Rule;
            if (waiter is null || !await waiter.WaitAsync(rule.Wait, limits.Time, cancellationToken))
            {
                return cancellationToken.IsCancellationRequested ? Cancelled(context) : Refuse(context, rule, TimeSpan.TicksPerSecond);
            }

            (context.Leases ??= new LimitLeases()).Add(slots);
            if (cancellationToken.IsCancellationRequested)
            {
                return Cancelled(context);
            }

            do
            {
                at++;
            }
            while (at < plan.Steps.Length && TryTake(context, plan.Steps[at], limits.Now, out _, out _));
            if (at == plan.Steps.Length)
            {
                return await next(context, cancellationToken);
            }

            // Only limits of concurrency come after one: whatever refuses may have a line.
            slots = (ConcurrencySlots)plan.Steps[at].PartitionOf(context, limits.Now);
            waiter = slots.TryQueue();
        }
    }

    private static McpResult Cancelled(McpContext context)
    {
        context.Leases?.Undo();
        return McpResult.Fail(FailureKind.Cancelled, "The client cancelled the request.");
    }

    private McpResult Refuse(McpContext context, LimitRule rule, long retryAfter)
    {
        context.Leases?.Undo();
        return McpResult.Fail(limits.Refuse(rule, retryAfter));
    }
}
