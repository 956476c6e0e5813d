namespace McpHub.LoadTests.Reporting;

/// <summary>How long a process took from its start to its first answer to <c>tools/list</c>.</summary>
internal sealed record StartupResult(string Name, double MinMs, double MedianMs, double MaxMs, int Starts)
{
    /// <summary>What the median has to stay under; <see langword="null"/> if it is only shown.</summary>
    public double? LimitMs { get; init; }
}
