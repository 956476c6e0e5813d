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

    public static bool Matches(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);
}
