using McpHub.Bridging.Inputs;
using McpHub.Bridging.Tasks;
using McpHub.Catalog;
using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Caching;

/// <summary>
/// Answers with what is known already; asks once for all who ask the same at once; and has what a call changes forgotten when the call
/// has ended. Comes after everything that may refuse a request: who gets a kept answer was let to ask for it.
/// </summary>
internal sealed class CacheStage(ResultCache cache, McpHandler next)
{
    // So many hits make a result one that is asked for often.
    private const int HotHits = 3;

    public ValueTask<McpResult> InvokeAsync(McpContext context, CancellationToken cancellationToken)
    {
        if (cache.Model is not { } model || context.Entry is not { } entry)
        {
            return next(context, cancellationToken);
        }

        var method = context.Envelope.Method;
        if (method is not (McpMethod.CallTool or McpMethod.ReadResource))
        {
            return next(context, cancellationToken);
        }

        var plan = cache.PlanOf(model, entry, method == McpMethod.ReadResource);
        if (plan.Invalidates.Count > 0)
        {
            context.Invalidation = new PendingInvalidation(cache, plan.InvalidatedBy(context.Slice(context.Envelope.Arguments)));
        }

        return plan.Rule is null ? next(context, cancellationToken) : LookUp(model, plan, entry, context, cancellationToken);
    }

    private ValueTask<McpResult> LookUp(CacheModel model, CachePlan plan, CatalogEntry entry, McpContext context, CancellationToken cancellationToken)
    {
        var meta = context.Slice(context.Envelope.Meta);
        var key = KeyBuffer.OfThread;
        if (IsOfItsOwn(context) || IsForSome(context, entry) || (!model.Metadata.IsPlain(meta) && model.Metadata.IsBypass(meta)) || !CacheKeys.TryWrite(key, context, plan, model.Metadata))
        {
            plan.Counters.Count(CacheOutcome.Bypass);
            return next(context, cancellationToken);
        }

        var now = cache.Time.GetTimestamp();
        var end = key.Length;
        if (plan.Rule!.IsShared || plan.IsResource)
        {
            CacheKeys.EndShared(key);
            if (Find(key, now) is { } shared)
            {
                return new ValueTask<McpResult>(Answer(shared, entry, context, model, now));
            }
        }

        if (!plan.Rule.IsShared)
        {
            key.Truncate(end);
            CacheKeys.EndFor(key, context.Caller.Key);
            if (Find(key, now) is { } own)
            {
                return new ValueTask<McpResult>(Answer(own, entry, context, model, now));
            }
        }

        if (context.Stream.KeepsParts)
        {
            // The call for all tells nobody of its progress, which are this one's parts.
            plan.Counters.Count(CacheOutcome.Bypass);
            return next(context, cancellationToken);
        }

        return Fetch(key, model, plan, entry, context, cancellationToken);
    }

    /// <summary>Whether the request says more than what is compared: an answer to a server's question, or what nobody knows.</summary>
    private static bool IsOfItsOwn(McpContext context) =>
        context.Envelope.IsInputRetry || context.Envelope.HasOtherParams
        || (context.Envelope.Method == McpMethod.CallTool ? context.Envelope.Uri.IsPresent : context.Envelope.Name.IsPresent || context.Envelope.Arguments.IsPresent);

    /// <summary>
    /// Whether the source goes by what the client can do, which a call for all does not say. Apps of modern clients are said, and compared.
    /// </summary>
    private static bool IsForSome(McpContext context, CatalogEntry entry) =>
        context.Features != ClientFeatures.None
        && (entry.Source.Declared.Differing.ContainsKey(context.Features) || (context.Session is not null && context.Features.HasFlag(ClientFeatures.Apps)));

    /// <returns>The result, if it may be given at this time.</returns>
    private CacheEntry? Find(KeyBuffer key, long now) =>
        cache.Store.TryGet(key.Span, out var entry) && now < Math.Max(entry.Times.FreshUntil, entry.Times.StaleUntil) ? entry : null;

    private McpResult Answer(CacheEntry found, CatalogEntry entry, McpContext context, CacheModel model, long now)
    {
        found.Visit();
        var isFresh = now < found.Times.FreshUntil;
        if (!isFresh || (now >= found.Times.RefreshFrom && found.Hits > HotHits))
        {
            cache.Fetcher.Refresh(found, context, model.Metadata);
        }

        return Answer(found, entry, context, isFresh ? CacheOutcome.Hit : CacheOutcome.Stale, now);
    }

    private McpResult Answer(CacheEntry found, CatalogEntry entry, McpContext context, CacheOutcome outcome, long now)
    {
        found.Plan.Counters.Count(outcome);
        context.IsFromCache = true;
        var remaining = found.Plan.IsResource ? Math.Max(0, (long)cache.Time.GetElapsedTime(now, found.Times.FreshUntil).TotalMilliseconds) : -1;
        var result = found.Value.Answer(context, entry, remaining, out var added);
        if (added != 0)
        {
            cache.Store.Charge(found, added);
        }

        return result;
    }

    private ValueTask<McpResult> Fetch(
        KeyBuffer key, CacheModel model, CachePlan plan, CatalogEntry entry, McpContext context, CancellationToken cancellationToken)
    {
        var dependencies = plan.DependenciesOf(context.Slice(context.Envelope.Arguments));
        var own = new CacheFlight(key.Span.ToArray(), plan, dependencies, SharedCall.Create(context, plan, model.Metadata), context.Caller.Key);
        var flight = cache.Store.Join(own, out var landed);
        if (landed is not null)
        {
            return new ValueTask<McpResult>(Answer(landed, entry, context, CacheOutcome.Hit, cache.Time.GetTimestamp()));
        }

        if (ReferenceEquals(flight, own))
        {
            plan.Counters.Count(CacheOutcome.Miss);
            cache.Fetcher.Start(flight);
        }
        else
        {
            plan.Counters.Count(CacheOutcome.Coalesced);
        }

        return WaitAsync(flight, entry, context, cancellationToken);
    }

    private async ValueTask<McpResult> WaitAsync(CacheFlight flight, CatalogEntry entry, McpContext context, CancellationToken cancellationToken)
    {
        FlightOutcome outcome;
        try
        {
            if (!flight.Outcome.IsCompleted)
            {
                context.StartDeadline(flight.Plan.TimeoutFor(context));
            }

            outcome = await flight.Outcome.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return context.IsCancelledByClient ? McpResult.Fail(FailureKind.Cancelled, "The client cancelled the request.")
                : AnswerStale(flight, entry, context)
                ?? McpResult.Fail(FailureKind.TimedOut, $"Server '{entry.Source.Name}' did not answer in time. The request may have run.");
        }
        finally
        {
            cache.Store.Leave(flight);
        }

        if (MustAskItself(flight, outcome, context))
        {
            return await next(context, cancellationToken);
        }

        return (outcome.IsOutage ? AnswerStale(flight, entry, context) : null) ?? outcome.Answer(context, entry);
    }

    /// <summary>Whether what came for all is no answer for this one.</summary>
    private static bool MustAskItself(CacheFlight flight, FlightOutcome outcome, McpContext context) =>
        (outcome.IsForAsker && (InputCapabilities.Of(context) != InputKinds.None || TasksExtension.IsDeclared(context)))
        || (outcome.Marks.IsPrivate && flight.Plan.Rule!.IsShared && context.Caller.Key != flight.Leader);

    /// <summary>The result from before, where there is one that may be given because there is no other.</summary>
    private McpResult? AnswerStale(CacheFlight flight, CatalogEntry entry, McpContext context)
    {
        var now = cache.Time.GetTimestamp();
        return cache.Store.TryGet(flight.Key, out var found) && now < found.Times.ErrorUntil
            ? Answer(found, entry, context, CacheOutcome.Stale, now)
            : null;
    }
}
