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
    private readonly OperationDurations _server;
    private readonly OperationDurations _client;

    /// <summary>Makes the instruments.</summary>
    public McpMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(SourceName, ServerIdentity.Version);
        _server = new OperationDurations(_meter, "mcp.server.operation.duration", "The time from a client's message to its answer.");
        _client = new OperationDurations(_meter, "mcp.client.operation.duration", "The time from a request to a server to its answer.");
    }

    /// <summary>The durations of all operations, by who asked whom.</summary>
    internal IReadOnlyList<OperationDurations> Operations => [_server, _client];

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
        _meter.CreateHistogram(name, unit, description, advice: DurationCounts.Advice);

    internal McpOperation StartServerOperation(McpContext context) => McpOperation.StartServer(_server, Activities, context);

    internal McpOperation StartClientOperation(McpContext context, CatalogEntry entry, Upstream upstream) =>
        McpOperation.StartClient(_client, Activities, context, entry, upstream);
}
