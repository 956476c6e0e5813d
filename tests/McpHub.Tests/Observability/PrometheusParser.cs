using System.Globalization;
using System.Text.RegularExpressions;

namespace McpHub.Tests.Observability;

/// <summary>Reads the text format strictly (Prometheus, "Text format details"), so that what it takes a real scraper takes too.</summary>
internal static partial class PrometheusParser
{
    /// <summary>The samples by name and labels; fails the test where the text breaks a rule.</summary>
    public static Dictionary<string, double> Parse(string text)
    {
        Assert.EndsWith("\n", text);
        var types = new Dictionary<string, string>();
        var samples = new Dictionary<string, double>();
        string? family = null;
        foreach (var line in text[..^1].Split('\n'))
        {
            if (line.StartsWith('#'))
            {
                var head = Head().Match(line);
                Assert.True(head.Success, line);
                var name = head.Groups["name"].Value;
                if (head.Groups["keyword"].Value == "TYPE")
                {
                    Assert.True(types.TryAdd(name, head.Groups["text"].Value), $"Two families '{name}'.");
                    family = name;
                }

                Assert.Equal(family, name);
                continue;
            }

            var sample = Sample().Match(line);
            Assert.True(sample.Success, line);
            var metric = sample.Groups["name"].Value;
            var bare = types[family!] == "histogram" ? Suffix().Replace(metric, "") : metric;
            Assert.Equal(family, bare);
            Assert.True(samples.TryAdd(metric + sample.Groups["labels"].Value, Number(sample.Groups["value"].Value)), $"Two samples '{line}'.");
        }

        CheckHistograms(types.Where(t => t.Value == "histogram").Select(t => t.Key), samples);
        return samples;
    }

    private static void CheckHistograms(IEnumerable<string> names, Dictionary<string, double> samples)
    {
        foreach (var name in names)
        {
            var series = samples.Where(s => s.Key.StartsWith(name + "_bucket{", StringComparison.Ordinal))
                .GroupBy(s => Bound().Replace(s.Key[(name.Length + 7)..], "").Trim('{', '}', ','));
            foreach (var buckets in series)
            {
                var counts = buckets.Select(b => b.Value).ToArray();
                Assert.Equal(counts.Order(), counts);
                Assert.Contains("le=\"+Inf\"", buckets.Last().Key);
                var labels = buckets.Key.Length == 0 ? "" : $"{{{buckets.Key}}}";
                Assert.Equal(counts[^1], samples[$"{name}_count{labels}"]);
                Assert.True(samples.ContainsKey($"{name}_sum{labels}"));
            }
        }
    }

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        "NaN" => double.NaN,
        _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
    };

    [GeneratedRegex(@"^# (?<keyword>TYPE|HELP|UNIT) (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<text>([^\\]|\\\\|\\n)*)$")]
    private static partial Regex Head();

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?<labels>\{[a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\["\\n])*"(,[a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\["\\n])*")*\})? (?<value>\S+)$""")]
    private static partial Regex Sample();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Suffix();

    [GeneratedRegex("""le="[^"]*"$|,?le="[^"]*"(?=\})""")]
    private static partial Regex Bound();
}
