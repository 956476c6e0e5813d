using McpHub.Configuration.Rules;

namespace McpHub.Configuration.Reading;

/// <summary>The <c>gateway.policy</c> section.</summary>
internal static class PolicySection
{
    public static readonly Dictionary<string, PolicyEffect> Effects = new(StringComparer.Ordinal)
    {
        ["allow"] = PolicyEffect.Allow,
        ["deny"] = PolicyEffect.Deny,
    };

    public static PolicyConfig Read(SectionReader? section)
    {
        if (section is null)
        {
            return new PolicyConfig();
        }

        var rules = section.Sections("rules");
        if (rules.Count > Limits.MaxRules)
        {
            section.Error("rules", new Problem(
                $"has more than {Limits.MaxRules} rules", "Join some: a rule takes lists of callers and of names."));
        }

        var policy = new PolicyConfig
        {
            Default = section.Choice("default", Effects),
            Rules = [.. rules.Select((rule, i) => PolicyRuleSection.Read(rule, $"rule-{i + 1}")).OfType<PolicyRuleConfig>()],
        };
        PolicyRuleIdRule.Check(rules, section.Context);
        section.Finish();
        return policy;
    }
}
