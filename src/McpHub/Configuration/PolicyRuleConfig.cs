namespace McpHub.Configuration;

/// <summary>
/// One rule of <c>gateway.policy.rules</c>. It is about an entry if every restriction holds that is given; in a list, one of the
/// patterns (<c>*</c> and <c>?</c>) is enough.
/// </summary>
public sealed record PolicyRuleConfig
{
    /// <summary>The name by which audit and <c>check --as</c> tell of the rule; <c>rule-N</c> by its place in the list when absent.</summary>
    public required string Id { get; init; }

    /// <summary>What it does.</summary>
    public required PolicyEffect Effect { get; init; }

    /// <summary>Whom it is about; everybody when absent, also those who are not known.</summary>
    public PolicyCallers? Callers { get; init; }

    /// <summary>
    /// Patterns of tools, by the names that clients of the common endpoint see; with <see cref="Servers"/>, also by their own. Where
    /// tools, prompts or resources are named, the rule is about no other kind; where none are, about all three.
    /// </summary>
    public IReadOnlyList<string> Tools { get; init; } = [];

    /// <inheritdoc cref="Tools"/>
    public IReadOnlyList<string> Prompts { get; init; } = [];

    /// <summary>Patterns of URIs and of URI templates; a template is also good for the URIs that it makes.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>Patterns of categories.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>Patterns of the servers' names in the configuration; <c>native</c> for what runs in the gateway.</summary>
    public IReadOnlyList<string> Servers { get; init; } = [];

    /// <summary>Patterns of tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>What tools say of themselves; restricts the rule to tools.</summary>
    public PolicyAnnotations? Annotations { get; init; }

    /// <summary>Conditions on the arguments of a call, which all have to hold; restricts the rule to tools and prompts.</summary>
    public IReadOnlyList<PolicyCondition> Arguments { get; init; } = [];

    /// <summary>
    /// Whether those who lack nothing but <see cref="PolicyCallers.Scopes"/> see what the rule allows, and are told which scopes a call needs.
    /// </summary>
    public bool StepUp { get; init; }
}
