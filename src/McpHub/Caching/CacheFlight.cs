using McpHub.Pipeline;

namespace McpHub.Caching;

/// <summary>
/// One request that is made for all who ask the same, and who waits for it. It has its own deadline, and ends when nobody waits for it
/// any more. What it says of the store is the store's alone, under its lock.
/// </summary>
/// <param name="key">The key of what is fetched.</param>
/// <param name="plan">By what it is fetched.</param>
/// <param name="dependencies">What it will be made of: known before the request is sent, so that no change is missed.</param>
/// <param name="context">The request.</param>
/// <param name="leader">The key of the caller who came first.</param>
internal sealed class CacheFlight(byte[] key, CachePlan plan, CacheDependencies dependencies, McpContext context, string leader)
{
    private const int Running = 0;
    private const int Cancelled = 1;
    private const int Ended = 2;

    private readonly TaskCompletionSource<FlightOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state;

    public byte[] Key { get; } = key;

    public CachePlan Plan { get; } = plan;

    public CacheDependencies Dependencies { get; } = dependencies;

    public McpContext Context { get; } = context;

    /// <summary>Whose identity or request it began with.</summary>
    public string Leader { get; } = leader;

    /// <summary>What will be fetched anew; <see langword="null"/> if somebody waits for it.</summary>
    public CacheEntry? Refreshed { get; init; }

    public bool IsRefresh => Refreshed is not null;

    /// <summary>How many wait.</summary>
    public int Waiting { get; set; }

    /// <summary>Completes with the outcome; never fails.</summary>
    public Task<FlightOutcome> Outcome => _outcome.Task;

    /// <summary>Gives the outcome to all who wait.</summary>
    public void End(FlightOutcome outcome)
    {
        if (Interlocked.CompareExchange(ref _state, Ended, Running) == Running)
        {
            Context.Dispose();
        }

        _outcome.TrySetResult(outcome);
    }

    /// <summary>Nobody has any use for it. What is cancelled frees its timer by itself.</summary>
    public void Cancel()
    {
        if (Interlocked.CompareExchange(ref _state, Cancelled, Running) == Running)
        {
            Context.Cancel();
        }
    }
}
