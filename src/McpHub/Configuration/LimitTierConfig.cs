namespace McpHub.Configuration;

/// <summary>One entry of <c>gateway.limits.tiers</c>: tools that take about as long, with a timeout and room of their own.</summary>
public sealed record LimitTierConfig
{
    /// <summary>The tier's name: <c>fast</c>, <c>standard</c>, <c>slow</c>, or any other.</summary>
    public required string Name { get; init; }

    /// <summary>Patterns of its tools. A tier without these and without <see cref="Categories"/> takes what no other does.</summary>
    public IReadOnlyList<string> Tools { get; init; } = [];

    /// <summary>Patterns of the categories of its tools.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>For one call, where the tool has no timeout of its own; <see langword="null"/> for that of the server.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The most calls at the same time; <see langword="null"/> for no bound.</summary>
    public int? Concurrency { get; init; }

    /// <summary>How many calls may wait for a place; none if 0.</summary>
    public int Queue { get; init; }

    /// <summary>How long one waits.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(5);
}
