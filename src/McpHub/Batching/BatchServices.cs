namespace McpHub.Batching;

/// <summary>What the batches of one configuration share.</summary>
internal sealed record BatchServices
{
    public required Admissions Admissions { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>The most calls of one batch at the same time.</summary>
    public required int MostOfBatch { get; init; }

    /// <summary>The most bytes that the results of one batch, or the answers to one JSON-RPC array, have together.</summary>
    public required int MostBytes { get; init; }

    /// <summary>How long a batch may take; it may ask for less.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>How long a call that is made for several waits for one of them.</summary>
    public required TimeSpan BulkWait { get; init; }

    /// <summary>Told of what should not have happened.</summary>
    public required Action<Exception> OnBroken { get; init; }
}
