using System.Text.Json;
using McpHub.Catalog;
using McpHub.Configuration.Reading;

namespace McpHub.Configuration.Rules;

/// <summary>Patterns of servers in the policy match some server: one that is misspelled would let everything pass that it was to deny.</summary>
internal static class PolicyServersRule
{
    /// <summary>What runs in the gateway itself.</summary>
    private const string Native = "native";

    public static void Check(ConfigNode? policy, IEnumerable<string> servers, ReadingContext context)
    {
        var names = servers.Append(Native).ToList();
        var patterns = (policy?["rules"]?.Items ?? []).SelectMany(rule => rule["servers"]?.Items ?? []);
        foreach (var node in patterns.Where(node => node.Kind is JsonValueKind.String))
        {
            var pattern = context.Variables.Expand(node.Text, static _ => { });
            if (!names.Exists(name => NamePattern.Matches(pattern.Value, name)))
            {
                var mend = Spelling.Closest(pattern.Value, names) is { } close ? $"Did you mean {VisibleText.Of(close)}?" : "Name one of the file's servers, or remove it.";
                context.Issues.Warn(node, new Problem("matches no server", mend), IssueValue.Of(node, pattern.Shown));
            }
        }
    }
}
