namespace McpHub.Configuration;

/// <summary>What a limit bounds.</summary>
public enum LimitKind
{
    /// <summary>A rate that allows bursts: permits come back steadily.</summary>
    TokenBucket,

    /// <summary>The requests in any stretch of time of a certain length.</summary>
    SlidingWindow,

    /// <summary>The requests that run at the same time.</summary>
    Concurrency,
}
