namespace McpHub.Configuration;

/// <summary>The <c>gateway.batch.microBatch</c> section: calls of low priority, of whatever callers, that become one call of a bulk tool.</summary>
public sealed record MicroBatchConfig
{
    /// <summary>Whether they do.</summary>
    public bool Enabled { get; init; }

    /// <summary>The most calls that become one. 2 to 1,000.</summary>
    public int MaxBatchSize { get; init; } = 20;

    /// <summary>How long a call waits for others.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromMilliseconds(10);
}
