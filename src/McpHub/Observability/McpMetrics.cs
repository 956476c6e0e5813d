using System.Diagnostics;
using System.Diagnostics.Metrics;
using McpHub.Catalog;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Upstreams;

namespace McpHub.Observability;

/// <summary>Owns the gateway's instruments and its activity source (OpenTelemetry's semantic conventions for MCP).</summary>
public sealed class McpMetrics : IDisposable
{
    /// <summary>The name of the meter and of the activity source.</summary>
    public const string SourceName = "McpHub";

    private readonly Meter _meter;
    private readonly Histogram<double> _server;
    private readonly Histogram<double> _client;

    /// <summary>Makes the instruments.</summary>
    public McpMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(SourceName, ServerIdentity.Version);
        _server = _meter.CreateHistogram(
            "mcp.server.operation.duration", "s", "The time from a client's message to its answer.", advice: Buckets);
        _client = _meter.CreateHistogram(
            "mcp.client.operation.duration", "s", "The time from a request to a server to its answer.", advice: Buckets);
    }

    /// <summary>The bounds that the conventions ask for, in seconds.</summary>
    private static InstrumentAdvice<double> Buckets { get; } = new()
    {
        HistogramBucketBoundaries = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300],
    };

    internal ActivitySource Activities { get; } = new(SourceName, ServerIdentity.Version);

    /// <inheritdoc/>
    public void Dispose()
    {
        Activities.Dispose();
        _meter.Dispose();
    }

    /// <summary>Adds a gauge that is read when somebody looks.</summary>
    internal void ObserveGauge(string name, string unit, string description, Func<IEnumerable<Measurement<int>>> read) =>
        _meter.CreateObservableGauge(name, read, unit, description);

    /// <summary>Adds a counter that is read when somebody looks.</summary>
    internal void ObserveCounter(string name, string unit, string description, Func<IEnumerable<Measurement<long>>> read) =>
        _meter.CreateObservableCounter(name, read, unit, description);

    internal Counter<long> Counter(string name, string unit, string description) => _meter.CreateCounter<long>(name, unit, description);

    internal Histogram<double> Histogram(string name, string unit, string description) =>
        _meter.CreateHistogram(name, unit, description, advice: Buckets);

    internal McpOperation StartServerOperation(McpContext context) => McpOperation.StartServer(_server, Activities, context);

    internal McpOperation StartClientOperation(McpContext context, CatalogEntry entry, Upstream upstream) =>
        McpOperation.StartClient(_client, Activities, context, entry, upstream);
}
