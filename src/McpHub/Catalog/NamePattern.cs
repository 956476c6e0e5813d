using System.IO.Enumeration;

namespace McpHub.Catalog;

/// <summary>Patterns of names with <c>*</c> and <c>?</c>.</summary>
internal static class NamePattern
{
    public static bool MatchesAny(IReadOnlyList<string> patterns, string name)
    {
        foreach (var pattern in patterns)
        {
            if (Matches(pattern, name))
            {
                return true;
            }
        }

        return false;
    }

    // Most patterns are names, and a policy has thousands of them.
    public static bool Matches(string pattern, string name) => pattern.AsSpan().ContainsAny('*', '?', '\\')
        ? FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false)
        : pattern == name;
}
