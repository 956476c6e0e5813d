using McpHub.Configuration.Reading;

namespace McpHub.Configuration.Rules;

/// <summary>Scopes as RFC 6749, section 3.3, has them: they are told in a header, separated by spaces.</summary>
internal static class ScopeRule
{
    public static bool IsScope(string text) => text.Length > 0 && text.All(c => c is > ' ' and <= '~' and not ('"' or '\\'));

    public static Problem? Check(string text) => IsScope(text)
        ? null
        : new Problem("is no scope", "Write one scope: printable ASCII without spaces, quotes and backslashes.");
}
