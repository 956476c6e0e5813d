namespace McpHub.Configuration;

/// <summary>The <c>gateway.policy</c> section: who may have which tools, prompts and resources.</summary>
public sealed record PolicyConfig
{
    /// <summary>What holds where no rule does. Absent: deny if any rule allows something, else allow.</summary>
    public PolicyEffect? Default { get; init; }

    /// <summary>The rules. One that denies wins over all that allow; among those that allow, their order only decides which one is told.</summary>
    public IReadOnlyList<PolicyRuleConfig> Rules { get; init; } = [];
}
