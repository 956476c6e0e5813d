using System.Text.Json;
using McpHub.Configuration.Reading;

namespace McpHub.Configuration.Rules;

/// <summary>
/// No list of a rule is empty: whether that means nobody or everybody is anybody's guess, and the wrong one opens a door.
/// </summary>
internal static class PolicyListRule
{
    public static void Check(SectionReader section)
    {
        foreach (var (name, _, node) in section.Node.Members)
        {
            if (node is { Kind: JsonValueKind.Array, Items.Count: 0 } && name is not ("arguments" or "claims"))
            {
                section.Error(name, new Problem("is empty", "Name something, or leave the key out, which restricts nothing."));
            }

            foreach (var inner in node.Members.Where(member => name == "claims" && member.Node is { Kind: JsonValueKind.Array, Items.Count: 0 }))
            {
                section.Context.Issues.Error(inner.Node, new Problem("is empty", "Name a value, or leave the claim out; \"*\" is any value."));
            }
        }
    }
}
