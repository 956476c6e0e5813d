using System.Globalization;
using System.Text;

namespace McpHub.Configuration;

/// <summary>The form of a server's name that fits into a URL and into the name of a tool.</summary>
public static class ServerName
{
    /// <summary>The longest name, in characters as people count them.</summary>
    public const int MaxLength = 64;

    /// <summary>Returns the name with everything outside <c>A-Z a-z 0-9 _ -</c> replaced by <c>_</c>, one for one.</summary>
    public static string ToSafe(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var safe = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
        {
            safe.Append(rune.IsAscii && IsSafe((char)rune.Value) ? (char)rune.Value : '_');
        }

        return safe.ToString();
    }

    /// <summary>Whether a character may stand in a URL and in the name of a tool as it is.</summary>
    internal static bool IsSafe(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-';

    /// <summary>Whether a character has a shape, or is a space, and so can be told apart when it is shown.</summary>
    internal static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
