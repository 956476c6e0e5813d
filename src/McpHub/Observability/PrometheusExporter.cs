using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace McpHub.Observability;

/// <summary>Writes the metrics down whenever they are pulled. Not thread-safe: <see cref="PrometheusScrape"/> pulls one at a time.</summary>
[ExportModes(ExportModes.Pull)]
internal sealed class PrometheusExporter : BaseExporter<Metric>, IPullMetricExporter
{
    /// <summary>Set by the reader: makes it collect and call <see cref="Export"/>.</summary>
    public Func<int, bool>? Collect { get; set; }

    /// <summary>What the last collection gave.</summary>
    public byte[] Text { get; private set; } = [];

    public override ExportResult Export(in Batch<Metric> batch)
    {
        var text = new PrometheusText();
        text.Write(batch);
        Text = text.ToUtf8();
        return ExportResult.Success;
    }
}
