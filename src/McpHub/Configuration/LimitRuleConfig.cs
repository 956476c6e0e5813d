namespace McpHub.Configuration;

/// <summary>One entry of <c>gateway.limits.rules</c>.</summary>
public sealed record LimitRuleConfig
{
    /// <summary>How errors and metrics call it; the scope's name if absent.</summary>
    public string? Name { get; init; }

    /// <summary>What is counted for itself.</summary>
    public required LimitScope Per { get; init; }

    /// <summary>What is bounded.</summary>
    public required LimitKind Kind { get; init; }

    /// <summary>How many requests in the time of <see cref="Every"/>, or at the same time. 1 to 1,000,000.</summary>
    public required int Permits { get; init; }

    /// <summary>The time that the permits of a rate are for. 1 ms to 24 h; means nothing to <see cref="LimitKind.Concurrency"/>.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The most requests at once that a token bucket lets through after a pause; as many as <see cref="Permits"/> if absent.</summary>
    public int? Burst { get; init; }

    /// <summary>How many requests may wait for a place, of <see cref="LimitKind.Concurrency"/> only; none if 0.</summary>
    public int Queue { get; init; }

    /// <summary>How long one waits. 1 ms to 24 h.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Patterns of the tools that it is for; empty for all, and for what is no call of a tool.</summary>
    public IReadOnlyList<string> Tools { get; init; } = [];

    /// <summary>Patterns of the categories that it is for.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>Patterns of the servers that it is for.</summary>
    public IReadOnlyList<string> Servers { get; init; } = [];
}
