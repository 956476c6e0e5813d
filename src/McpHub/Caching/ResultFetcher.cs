using McpHub.Pipeline;
using McpHub.Protocol;
using Microsoft.Extensions.Logging;

namespace McpHub.Caching;

/// <summary>Makes the requests that are made for all who ask the same, and keeps what comes of them. Thread-safe.</summary>
internal sealed partial class ResultFetcher(ResultCache cache, ILogger logger)
{
    // Results that are fetched anew with nobody waiting take no more than this from those who wait.
    private const int MostRefreshes = 64;

    // A source that is down is not asked anew at every hit.
    private static readonly TimeSpan RefreshPause = TimeSpan.FromSeconds(1);

    private int _refreshing;

    /// <summary>Sends the request; what comes of it is the flight's outcome.</summary>
    public void Start(CacheFlight flight) => _ = RunAsync(flight);

    /// <summary>Fetches a result anew while it still serves; nothing where that is being done, or has just failed.</summary>
    /// <param name="entry">The result.</param>
    /// <param name="context">A request for it.</param>
    /// <param name="metadata">Reads what the request says beside its arguments.</param>
    public void Refresh(CacheEntry entry, McpContext context, RequestMetadata metadata)
    {
        if (!IsDue(entry) || !entry.TryBeginRefresh())
        {
            return;
        }

        if (!IsDue(entry))
        {
            // Another has failed, and ended, since the first look.
            entry.EndRefresh();
            return;
        }

        if (Interlocked.Increment(ref _refreshing) <= MostRefreshes)
        {
            var flight = new CacheFlight(entry.Key, entry.Plan, entry.Dependencies, SharedCall.Create(context, entry.Plan, metadata), context.Caller.Key)
            {
                Refreshed = entry,
            };
            if (cache.Store.TryBegin(flight))
            {
                // Aside: whoever found the result has it already.
                _ = Task.Run(() => RefreshAsync(flight));
                return;
            }
        }

        Interlocked.Decrement(ref _refreshing);
        entry.EndRefresh();
    }

    private bool IsDue(CacheEntry entry) => cache.Time.GetTimestamp() >= entry.RefreshNotBefore;

    private async Task RefreshAsync(CacheFlight flight)
    {
        await RunAsync(flight);
        var entry = flight.Refreshed!;
        entry.RefreshNotBefore = cache.Time.GetTimestamp() + CacheTimes.Ticks(cache.Time, RefreshPause);
        entry.EndRefresh();
        Interlocked.Decrement(ref _refreshing);
    }

    private async Task RunAsync(CacheFlight flight)
    {
        var (plan, context) = (flight.Plan, flight.Context);
        FlightOutcome outcome;
        CacheEntry? entry = null;
        try
        {
            context.StartDeadline(plan.TimeoutFor(context));
            using var result = await plan.Target.Source.InvokeAsync(context, plan.Target, context.Cancellation);
            outcome = FlightOutcome.Of(result, plan.Target.Revision);
            entry = EntryOf(flight, outcome);
        }
        catch (Exception e)
        {
            LogFailed(logger, e, plan.Name);
            outcome = FlightOutcome.Of(e);
        }

        cache.Store.Land(flight, entry);
        flight.End(outcome);
    }

    /// <returns><see langword="null"/> if the outcome is not to be kept.</returns>
    private CacheEntry? EntryOf(CacheFlight flight, FlightOutcome outcome)
    {
        var (plan, marks) = (flight.Plan, outcome.Marks);
        var rule = plan.Rule!;
        if (outcome.Value is not { } value || outcome.IsToolError || !marks.IsComplete || !marks.IsKept || value.Length > rule.MaxEntryBytes)
        {
            return null;
        }

        // A resource has to say how long it is good; of a tool, the configuration says it, and the result may say less.
        var ttl = plan.IsResource ? marks.Ttl ?? TimeSpan.Zero : marks.Ttl < rule.Ttl ? marks.Ttl.Value : rule.Ttl;
        if (ttl <= TimeSpan.Zero || (marks.IsPrivate && rule.IsShared))
        {
            return null;
        }

        var key = plan.IsResource && marks.IsPublic ? CacheKeys.Shared(flight.Key) : flight.Key;
        return new CacheEntry(key, plan, flight.Dependencies, value, CacheTimes.Of(cache.Time, rule, ttl));
    }

    [LoggerMessage(250, LogLevel.Error, "The request for '{Name}' that was made for all who asked the same failed in a way that it should not have.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string name);
}
