using System.Globalization;
using System.Text;

namespace McpHub.Server.Output;

/// <summary>Makes what servers say safe to show in a terminal.</summary>
internal static class Printable
{
    /// <summary>On one line, without what could move the cursor or colour the screen.</summary>
    public static string Line(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        var result = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            result.Append(IsUnsafe(c) ? ' ' : c);
        }

        return result.ToString().Trim();
    }

    /// <summary>The first line that says something.</summary>
    public static string FirstLine(string? text) =>
        Line(text?.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).FirstOrDefault());

    private static bool IsUnsafe(char c) =>
        char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
