using System.Text.Json;
using McpHub.Configuration.Reading;

namespace McpHub.Configuration.Rules;

/// <summary>No two tools may be given the same name.</summary>
internal static class RenameClashRule
{
    public static void Check(IEnumerable<ConfigNode> renames, ReadingContext context)
    {
        var taken = new Dictionary<string, ConfigNode>(StringComparer.Ordinal);
        foreach (var rename in renames.Where(node => node.Kind is JsonValueKind.String))
        {
            var name = context.Variables.Expand(rename.Text, static _ => { });
            if (NameParts.ToolName(name.Value) is null && !taken.TryAdd(name.Value, rename))
            {
                context.Issues.Error(
                    rename,
                    new Problem($"is also the name given at {taken[name.Value].Path}", "Choose another name for one of the two tools."),
                    IssueValue.Of(rename, name.Shown));
            }
        }
    }
}
