namespace McpHub.Configuration;

/// <summary>The <c>gateway.limits</c> section. Without rules and tiers nothing is limited.</summary>
public sealed record LimitsConfig
{
    /// <summary>The most callers, or tools, that one limit counts apart. 1 to 10,000,000.</summary>
    public int Partitions { get; init; } = 100_000;

    /// <summary>The limits; a request has to pass each that it is a case of.</summary>
    public IReadOnlyList<LimitRuleConfig> Rules { get; init; } = [];

    /// <summary>The tiers; a tool belongs to the first that takes it.</summary>
    public IReadOnlyList<LimitTierConfig> Tiers { get; init; } = [];
}
