using System.Globalization;
using System.Text.RegularExpressions;

namespace McpHub.Configuration.Reading;

/// <summary>Sizes in bytes as people write them: <c>512KB</c>, <c>4MB</c>, in steps of 1024.</summary>
internal static partial class SizeParser
{
    private static readonly (string Unit, long Bytes)[] Units = [("GB", 1L << 30), ("MB", 1L << 20), ("KB", 1L << 10), ("B", 1)];

    /// <summary>Parses a size; returns the problem when it is none.</summary>
    public static Problem? Parse(string text, out long bytes)
    {
        bytes = 0;
        var match = Form().Match(text);
        if (!match.Success)
        {
            return new Problem("is not a size", "Write whole bytes, or a whole number with KB, MB or GB, for example \"4MB\".");
        }

        // Nine digits at most (see the form): even with GB this stays far below what a long holds.
        var unit = match.Groups["unit"].Value.ToUpperInvariant();
        bytes = long.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture)
            * (unit.Length == 0 ? 1 : Units.First(entry => entry.Unit == unit).Bytes);
        return null;
    }

    /// <summary>Writes a size in the largest unit that needs no fraction.</summary>
    public static string Format(long bytes)
    {
        var (unit, length) = Units.FirstOrDefault(entry => bytes != 0 && bytes % entry.Bytes == 0, Units[^1]);
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / length}{unit}");
    }

    [GeneratedRegex(@"^(?<number>[0-9]{1,9}) ?(?<unit>B|KB|MB|GB|)\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Form();
}
