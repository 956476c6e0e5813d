using System.Text.Json;
using McpHub.Configuration.Reading;

namespace McpHub.Configuration.Rules;

/// <summary>No two rules of the policy have the same id: audit tells of them by it.</summary>
internal static class PolicyRuleIdRule
{
    public static void Check(IReadOnlyList<SectionReader> rules, ReadingContext context)
    {
        var taken = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < rules.Count; i++)
        {
            var node = rules[i].Node["id"];
            var id = node is { Kind: JsonValueKind.String } ? context.Variables.Expand(node.Text, static _ => { }).Value : $"rule-{i + 1}";
            if (id == Security.Permissions.PolicyModel.DefaultRule)
            {
                context.Issues.Error(node!, new Problem("is what decisions without a rule are called", "Choose another id."), IssueValue.Of(node!));
            }
            else if (!taken.TryAdd(id, rules[i].Node.Path))
            {
                context.Issues.Error(
                    node ?? rules[i].Node, new Problem($"is called as the rule at {taken[id]} is: {VisibleText.Of(id)}", "Choose another id for one of the two."));
            }
        }
    }
}
