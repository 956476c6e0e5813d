using McpHub.Configuration.Reading;

namespace McpHub.Configuration.Rules;

/// <summary>The parts of a rule of the policy go together.</summary>
internal static class PolicyRulePartsRule
{
    private static readonly string[] WithoutAnnotations = ["prompts", "resources"];

    public static void Check(PolicyRuleConfig rule, SectionReader section)
    {
        PolicyListRule.Check(section);
        if (rule.Arguments.Count > 0 && rule.Resources.Count > 0)
        {
            section.Error("resources", new Problem("stand in a rule with conditions on arguments, which resources don't have", "Make two rules of it."));
        }

        if (rule.Annotations is not null)
        {
            foreach (var key in WithoutAnnotations.Where(key => section.Node[key] is not null))
            {
                section.Error(key, new Problem("stand in a rule with annotations, which only tools have", "Make two rules of it."));
            }
        }

        if (rule.StepUp && (rule.Effect == PolicyEffect.Deny || rule.Callers is not { Scopes.Count: > 0 }))
        {
            section.Error("stepUp", new Problem(
                rule.Effect == PolicyEffect.Deny ? "stands in a rule that denies: no scope grants what it names" : "stands in a rule that asks for no scopes",
                "Remove it, or put it into a rule that allows and has callers.scopes."));
        }
    }
}
