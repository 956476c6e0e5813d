using McpHub.Catalog;
using McpHub.Configuration;

namespace McpHub.Security.Permissions;

/// <summary>
/// Tells whether a rule is about an entry of the catalog: the same on every endpoint, whatever name that shows it by. Immutable.
/// </summary>
internal sealed class EntryTest(PolicyRuleConfig rule)
{
    private readonly bool _isForAllKinds = rule.Tools.Count + rule.Prompts.Count + rule.Resources.Count == 0;

    public bool Matches(CatalogEntry entry) => MatchesKind(entry)
        && (rule.Servers.Count == 0 || NamePattern.MatchesAny(rule.Servers, entry.Source.Name))
        && (rule.Categories.Count == 0 || NamePattern.MatchesAny(rule.Categories, entry.Category))
        && (rule.Tags.Count == 0 || entry.Tags.Any(tag => NamePattern.MatchesAny(rule.Tags, tag)))
        && (rule.Annotations is not { } wanted || ToolAnnotations.Read(entry.Definition).Have(wanted));

    private bool MatchesKind(CatalogEntry entry) => entry.List switch
    {
        ListMember.Tools => _isForAllKinds || MatchesName(rule.Tools, entry),
        ListMember.Prompts => rule.Annotations is null && (_isForAllKinds || MatchesName(rule.Prompts, entry)),
        _ => rule.Annotations is null && rule.Arguments.Count == 0
            && (_isForAllKinds || MatchesUri(rule.Resources, entry) || (entry.Template is { } template && MatchesUri(rule.Resources, template))),
    };

    /// <remarks>A server's own name of a tool says nothing unless the rule says which server.</remarks>
    private bool MatchesName(IReadOnlyList<string> patterns, CatalogEntry entry) =>
        NamePattern.MatchesAny(patterns, entry.CommonName) || (rule.Servers.Count > 0 && NamePattern.MatchesAny(patterns, entry.SourceName));

    /// <remarks>
    /// Every resource can be read by two URIs: the server's own, and that behind the server's prefix. So both are looked at, whichever
    /// was asked for; what a rule denies has no second way in.
    /// </remarks>
    private static bool MatchesUri(IReadOnlyList<string> patterns, CatalogEntry entry)
    {
        string? prefixed = null;
        foreach (var pattern in patterns)
        {
            if (NamePattern.Matches(pattern, entry.SourceName)
                || (pattern.StartsWith(UriMap.Scheme, StringComparison.Ordinal)
                    && NamePattern.Matches(pattern, prefixed ??= UriMap.PrefixOf(ServerPath.From(entry.Source.Name)) + entry.SourceName)))
            {
                return true;
            }
        }

        return false;
    }
}
