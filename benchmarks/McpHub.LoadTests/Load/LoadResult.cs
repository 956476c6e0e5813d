namespace McpHub.LoadTests.Load;

/// <summary>What the counted part of a <see cref="LoadWindow"/> gave.</summary>
internal sealed record LoadResult
{
    public required TimeSpan Elapsed { get; init; }

    public required long Answers { get; init; }

    public required long Errors { get; init; }

    /// <summary>What the first error was.</summary>
    public string? FirstError { get; init; }

    public required long AnswerBytes { get; init; }

    public required LatencyHistogram Latency { get; init; }

    /// <summary>Open loop: requests that were due and found no free connection until the end.</summary>
    public long Unsent { get; init; }
}
