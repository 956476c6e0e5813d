using System.Globalization;
using System.Text;

namespace McpHub.Configuration.Reading;

/// <summary>Makes text from a file safe to print: one line, no control characters, not too long.</summary>
internal static class VisibleText
{
    private const int MaxLength = 120;

    public static string Of(string text)
    {
        var visible = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (visible.Length >= MaxLength)
            {
                return visible.Append('…').ToString();
            }

            if (ServerName.IsPrintable(rune))
            {
                visible.Append(rune);
            }
            else
            {
                visible.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:X}}}");
            }
        }

        return visible.ToString();
    }
}
