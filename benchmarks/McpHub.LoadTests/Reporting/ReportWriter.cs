using System.Globalization;
using System.Text.Json;

namespace McpHub.LoadTests.Reporting;

/// <summary>Writes a report as tables and as JSON.</summary>
internal static class ReportWriter
{
    public static void WriteText(Report report, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine(report.Environment);
        output.WriteLine();
        WriteMedians(report.Medians, output);
        WriteBars(report.Bars, output);
        WriteStartups(report.Startups, output);
        foreach (var measured in report.Medians.Where(measured => measured.FirstError is not null))
            output.WriteLine($"First error of {measured.Case}, {measured.Era}, {measured.InFlight} in flight: {measured.FirstError}");
        foreach (var failure in report.Failures)
            output.WriteLine($"Left out: {failure}");
    }

    public static async Task WriteJsonAsync(Report report, string path, CancellationToken cancellationToken)
    {
        await using var file = File.Create(path);
        await JsonSerializer.SerializeAsync(file, report, ReportJsonContext.Default.Report, cancellationToken);
    }

    private static void WriteMedians(IReadOnlyList<Measurement> medians, TextWriter output)
    {
        if (medians.Count == 0)
            return;
        var table = new MarkdownTable(
            2, "case", "era", "in flight", "requests/s", "p50 ms", "p90 ms", "p99 ms", "p99.9 ms", "max ms", "CPU µs/request",
            "of it children", "generator µs", "RSS MB", "bytes/answer", "errors", "unsent");
        foreach (var row in medians)
        {
            table.Add(
                row.Case, row.Era, Number(row.InFlight), Number(row.RequestsPerSecond), Number(row.P50Ms, 3), Number(row.P90Ms, 3),
                Number(row.P99Ms, 2), Number(row.P999Ms, 2), Number(row.MaxMs, 1), Number(row.CpuUs, 1), Number(row.ChildrenCpuUs, 1),
                Number(row.GeneratorCpuUs, 1), Number(row.ResidentMb), Number(row.BytesPerAnswer), Number(row.Errors), Number(row.Unsent));
        }

        table.Write(output);
        output.WriteLine();
    }

    private static void WriteBars(IReadOnlyList<BarResult> bars, TextWriter output)
    {
        if (bars.Count == 0)
            return;
        var table = new MarkdownTable(2, "compared", "era", "in flight", "value", "lowest round", "highest round", "bar", "met");
        foreach (var bar in bars)
        {
            var digits = bar.Value < 1000 ? 2 : 0;
            var limit = bar.Limit is { } value ? $"{(bar.IsUpper ? "≤" : "≥")} {Number(value, value < 1000 ? 2 : 0)}" : "–";
            table.Add(
                bar.Name, bar.Era, Number(bar.InFlight), Number(bar.Value, digits), Number(bar.Lowest, digits), Number(bar.Highest, digits),
                limit, bar.IsMet switch { true => "yes", false => "NO", null => "–" });
        }

        table.Write(output);
        output.WriteLine();
    }

    private static void WriteStartups(IReadOnlyList<StartupResult> startups, TextWriter output)
    {
        if (startups.Count == 0)
            return;
        var table = new MarkdownTable(1, "start to first tools/list", "min ms", "median ms", "max ms", "starts", "bar", "met");
        foreach (var row in startups)
        {
            table.Add(
                row.Name, Number(row.MinMs), Number(row.MedianMs), Number(row.MaxMs), Number(row.Starts),
                row.LimitMs is { } limit ? $"< {Number(limit)}" : "–", row.LimitMs is null ? "–" : row.MedianMs < row.LimitMs ? "yes" : "NO");
        }

        table.Write(output);
        output.WriteLine();
    }

    private static string Number(double value, int digits = 0) => value.ToString($"N{digits}", CultureInfo.InvariantCulture);
}
