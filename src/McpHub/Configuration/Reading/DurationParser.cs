using System.Globalization;
using System.Text.RegularExpressions;

namespace McpHub.Configuration.Reading;

/// <summary>Durations as people write them: <c>500ms</c>, <c>1.5s</c>, <c>2m</c>, <c>1h</c>.</summary>
internal static partial class DurationParser
{
    private const string Forms = "Write a number with ms, s, m or h, for example \"30s\" or \"1.5m\".";

    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("h", TimeSpan.FromHours(1)), ("m", TimeSpan.FromMinutes(1)), ("s", TimeSpan.FromSeconds(1)), ("ms", TimeSpan.FromMilliseconds(1)),
    ];

    /// <summary>Parses a duration; returns the problem when it is none.</summary>
    public static Problem? Parse(string text, out TimeSpan value)
    {
        value = default;
        var match = Form().Match(text);
        if (!match.Success)
        {
            return new Problem("is not a duration", Forms);
        }

        var unit = match.Groups["unit"].Value;
        if (unit.Length == 0)
        {
            return WithoutUnit(text);
        }

        // Twelve digits at most (see the form), so neither the number nor the product overflows.
        var number = decimal.Parse(match.Groups["number"].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
        var ticks = number * Units.First(entry => entry.Unit == unit).Length.Ticks;
        value = ticks > TimeSpan.MaxValue.Ticks ? TimeSpan.MaxValue : TimeSpan.FromTicks((long)ticks);
        return null;
    }

    /// <summary>A number alone could be seconds or milliseconds; which of them programs take differs, so it is not guessed.</summary>
    public static Problem WithoutUnit(string number) =>
        new(
            "is a number without a unit",
            $"Write \"{VisibleText.Of(number)}s\" for seconds or \"{VisibleText.Of(number)}ms\" for milliseconds.");

    /// <summary>Writes a duration in the largest unit that needs no fraction.</summary>
    public static string Format(TimeSpan value)
    {
        var (unit, length) = Units.FirstOrDefault(entry => value.Ticks % entry.Length.Ticks == 0, Units[^1]);
        return value == TimeSpan.Zero ? "0s" : string.Create(CultureInfo.InvariantCulture, $"{(decimal)value.Ticks / length.Ticks}{unit}");
    }

    [GeneratedRegex(@"^(?<number>[0-9]{1,12}(\.[0-9]{1,6})?)(?<unit>ms|s|m|h|)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
