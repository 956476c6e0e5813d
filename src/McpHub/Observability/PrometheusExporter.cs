using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace McpHub.Observability;

/// <summary>Writes the metrics down whenever they are pulled. Not thread-safe: <see cref="PrometheusScrape"/> pulls one at a time.</summary>
/// <param name="operations">What counts itself, and stands before what the SDK has.</param>
[ExportModes(ExportModes.Pull)]
internal sealed class PrometheusExporter(IReadOnlyList<OperationDurations> operations) : BaseExporter<Metric>, IPullMetricExporter
{
    /// <summary>Set by the reader: makes it collect and call <see cref="Export"/>.</summary>
    public Func<int, bool>? Collect { get; set; }

    /// <summary>What the last collection gave.</summary>
    public byte[] Text { get; private set; } = [];

    public override ExportResult Export(in Batch<Metric> batch)
    {
        var text = new PrometheusText();
        foreach (var durations in operations)
        {
            text.Write(durations);
        }

        text.Write(batch);
        Text = text.ToUtf8();
        return ExportResult.Success;
    }
}
