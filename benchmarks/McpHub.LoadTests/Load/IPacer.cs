namespace McpHub.LoadTests.Load;

/// <summary>Says when the next request is due.</summary>
internal interface IPacer
{
    /// <summary>Takes the next request if it is due.</summary>
    /// <param name="now">The present timestamp.</param>
    /// <param name="intended">When the request was due, from which its latency counts.</param>
    bool TryTake(long now, out long intended);

    /// <summary>When the next request is due; <see langword="null"/> if answers alone bring it on.</summary>
    long? NextDue { get; }
}
