using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace McpHub.Observability;

/// <summary>The metrics as Prometheus scrapes them. One collection at a time, and at most one in <see cref="FreshFor"/>. Thread-safe.</summary>
internal sealed class PrometheusScrape : IDisposable
{
    /// <summary>However many scrapers there are, the cost is that of one.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromMilliseconds(900);

    // Gauges that are read on collection are ours and quick; this keeps one that is not from holding up the scraper.
    private const int CollectLimitMilliseconds = 5_000;

    private readonly PrometheusExporter _exporter;
    private readonly MeterProvider _provider;
    private readonly SemaphoreSlim _scraping = new(1, 1);
    private readonly TimeProvider _time;
    private byte[] _text = [];
    private long? _collected;

    /// <param name="meters">The names of the meters that are shown.</param>
    /// <param name="operations">The durations of operations, which count themselves from here on.</param>
    /// <param name="time">The clock of <see cref="FreshFor"/>.</param>
    public PrometheusScrape(IEnumerable<string> meters, IReadOnlyList<OperationDurations> operations, TimeProvider time)
    {
        _time = time;
        _exporter = new PrometheusExporter(operations);
        var builder = Sdk.CreateMeterProviderBuilder().AddMeter([.. meters]).AddReader(new BaseExportingMetricReader(_exporter));
        foreach (var durations in operations)
        {
            builder.AddView(durations.Name, MetricStreamConfiguration.Drop);
            durations.StartCounting();
        }

        _provider = builder.Build();
    }

    /// <summary>The metrics in the text format.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        await _scraping.WaitAsync(cancellationToken);
        try
        {
            if ((_collected is not { } at || _time.GetElapsedTime(at) > FreshFor) && _exporter.Collect!(CollectLimitMilliseconds))
            {
                _text = _exporter.Text;
                _collected = _time.GetTimestamp();
            }

            return _text;
        }
        finally
        {
            _scraping.Release();
        }
    }

    public void Dispose()
    {
        _provider.Dispose();
        _scraping.Dispose();
    }
}
