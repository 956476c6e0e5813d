using System.Buffers;
using System.Text;
using OpenTelemetry.Metrics;

namespace McpHub.Observability;

/// <summary>The names of OpenTelemetry's instruments and tags as Prometheus has them (OpenTelemetry, "Prometheus compatibility").</summary>
internal static class PrometheusNames
{
    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_:");

    /// <summary>The name of a metric: its unit behind it, and <c>_total</c> behind a counter.</summary>
    public static string Metric(string name, string unit, MetricType type)
    {
        var result = Clean(name, colons: true);
        var isCounter = type is MetricType.LongSum or MetricType.DoubleSum;
        if (isCounter && result.EndsWith("_total", StringComparison.Ordinal))
        {
            result = result[..^"_total".Length];
        }

        var suffix = Unit(unit, type);
        if (suffix.Length > 0 && !result.EndsWith("_" + suffix, StringComparison.Ordinal))
        {
            result += "_" + suffix;
        }

        return isCounter ? result + "_total" : result;
    }

    /// <summary>The name of a label.</summary>
    public static string Label(string name) => Clean(name, colons: false);

    /// <summary>The unit as a word; empty for units that say nothing, such as <c>{upstream}</c>.</summary>
    public static string Unit(string unit, MetricType type)
    {
        // What stands in braces is an annotation and no unit.
        var open = unit.IndexOf('{', StringComparison.Ordinal);
        var bare = open < 0 ? unit : unit[..open];
        if (bare == "1")
        {
            return type.IsGauge() ? "ratio" : "";
        }

        var slash = bare.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash < bare.Length - 1
            ? Clean($"{Word(bare[..slash])}_per_{PerWord(bare[(slash + 1)..])}", colons: false)
            : Clean(Word(bare.TrimEnd('/')), colons: false);
    }

    private static string Word(string unit) => unit switch
    {
        "d" => "days",
        "h" => "hours",
        "min" => "minutes",
        "s" => "seconds",
        "ms" => "milliseconds",
        "us" => "microseconds",
        "ns" => "nanoseconds",
        "By" => "bytes",
        "KiBy" => "kibibytes",
        "MiBy" => "mebibytes",
        "GiBy" => "gibibytes",
        "kBy" or "KBy" => "kilobytes",
        "MBy" => "megabytes",
        "GBy" => "gigabytes",
        "Hz" => "hertz",
        "Cel" => "celsius",
        "%" => "percent",
        _ => unit,
    };

    private static string PerWord(string unit) => unit switch
    {
        "s" => "second",
        "min" => "minute",
        "h" => "hour",
        "d" => "day",
        _ => Word(unit),
    };

    private static string Clean(string name, bool colons)
    {
        var result = new StringBuilder(name.Length + 1);
        if (name.Length > 0 && char.IsAsciiDigit(name[0]))
        {
            result.Append('_');
        }

        foreach (var c in name)
        {
            var clean = Allowed.Contains(c) && (colons || c != ':') ? c : '_';
            if (clean != '_' || result.Length == 0 || result[^1] != '_')
            {
                result.Append(clean);
            }
        }

        return result.ToString();
    }
}
