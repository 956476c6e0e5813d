using System.Text;
using McpHub.Configuration.Reading;

namespace McpHub.Configuration.Rules;

/// <summary>Rules of plain text.</summary>
internal static class TextRules
{
    private const int MaxLabelLength = 64;

    public static Problem? NotEmpty(string text) =>
        string.IsNullOrWhiteSpace(text) ? new Problem("is empty", "Write something, or leave the key out.") : null;

    /// <summary>A short text that is shown in lists and on dashboards.</summary>
    public static Problem? Label(string text)
    {
        if (NotEmpty(text) is { } empty)
        {
            return empty;
        }

        if (text.EnumerateRunes().Count() > MaxLabelLength)
        {
            return new Problem($"is longer than {MaxLabelLength} characters", "Shorten it.");
        }

        return text.EnumerateRunes().All(ServerName.IsPrintable)
            ? null
            : new Problem("holds a character that cannot be printed", "Remove it.");
    }
}
