using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using McpHub.Observability;
using McpHub.Protocol;

namespace McpHub.Tests.Observability;

public sealed class OperationDurationsTests : IDisposable
{
    private static readonly OperationLabels Call = new(McpMethod.CallTool, "a", null, "tcp", false, Revision.V20260728, null, null);
    private static readonly OperationLabels Ping = new(McpMethod.Ping, null, null, "pipe", false, Revision.V20251125, null, null);
    private static readonly OperationLabels Failed = new(McpMethod.CallTool, "a", "files", null, false, Revision.V20260728, "timeout", -31014);

    private readonly Meter _meter = new($"test.{Guid.NewGuid()}");
    private readonly OperationDurations _durations;

    public OperationDurationsTests() => _durations = new OperationDurations(_meter, "mcp.server.operation.duration", "The time.");

    public void Dispose() => _meter.Dispose();

    [Fact]
    public async Task Scrape_ShowsThemAsTheSdkWould()
    {
        using var counted = new PrometheusScrape([_meter.Name], [_durations], TimeProvider.System);
        using var bySdk = new PrometheusScrape([_meter.Name], [], TimeProvider.System);
        Record(Call, 0.005);
        Record(Call, 0.25);
        Record(Call, 1000);
        Record(Ping, 0.02);
        Record(Failed, 300);
        Record(Call with { IsNested = true }, 0.3);
        Record(new OperationLabels(McpMethod.GetPrompt, "p", null, "tcp", false, default, "-5", -5), 0.0625);

        var samples = PrometheusParser.Parse(await ReadAsync(counted));

        Assert.Equal(PrometheusParser.Parse(await ReadAsync(bySdk)).OrderBy(s => s.Key), samples.OrderBy(s => s.Key));
        Assert.Equal(5 * (DurationCounts.Bounds.Length + 3), samples.Count);
        Assert.Equal(
            3,
            samples["mcp_server_operation_duration_seconds_count{gen_ai_operation_name=\"execute_tool\",gen_ai_tool_name=\"a\",mcp_method_name=\"tools/call\",mcp_protocol_version=\"2026-07-28\",network_transport=\"tcp\"}"]);
    }

    [Fact]
    public async Task Scrape_HasThemInTheOrderOfTheirLabels()
    {
        using var scrape = new PrometheusScrape([_meter.Name], [_durations], TimeProvider.System);
        for (var n = 0; n < 30; n++)
        {
            Record(Call with { Target = $"tool{n * 7 % 30}" }, 1);
        }

        var counts = (await ReadAsync(scrape)).Split('\n').Where(l => l.Contains("_count{", StringComparison.Ordinal)).ToList();

        Assert.Equal(30, counts.Count);
        Assert.Equal(counts.Order(StringComparer.Ordinal), counts);
    }

    [Fact]
    public void Sum_IsRight_HoweverLongTheyTook()
    {
        _durations.StartCounting();
        for (var n = 0; n < 100; n++)
        {
            _durations.Record(Ping, long.MaxValue);
        }

        Assert.Equal(100 * ((double)long.MaxValue / Stopwatch.Frequency), _durations.Counts.Single().Counts.Sum, 1e6);
    }

    [Fact]
    public async Task Duration_IsInTheBucketOfItsBound()
    {
        using var scrape = new PrometheusScrape([_meter.Name], [_durations], TimeProvider.System);
        foreach (var bound in DurationCounts.Bounds)
        {
            Record(Ping, bound);
        }

        _durations.Record(Ping, (long)(DurationCounts.Bounds[^1] * Stopwatch.Frequency) + 1);

        var counts = PrometheusParser.Parse(await ReadAsync(scrape)).Where(s => s.Key.Contains("_bucket", StringComparison.Ordinal)).Select(s => s.Value);

        Assert.Equal(Enumerable.Range(1, DurationCounts.Bounds.Length + 1).Select(n => (double)n), counts.Order());
    }

    [Fact]
    public void Durations_OfManyAtOnce_AreAllCounted()
    {
        _durations.StartCounting();

        Parallel.For(0, 100_000, n => _durations.Record(n % 2 == 0 ? Call : Ping, n % 4 < 2 ? 3 : Stopwatch.Frequency));

        foreach (var (_, counts) in _durations.Counts)
        {
            Assert.Equal(50_000, counts.Counts.Sum());
            Assert.Equal(25_000, counts.Counts[0]);
            Assert.Equal(25_000 + (75_000.0 / Stopwatch.Frequency), counts.Sum, 6);
        }

        Assert.Equal(2, _durations.Counts.Count());
    }

    [Fact]
    public void Durations_BeyondTheMostKept_AreCountedTogether()
    {
        _durations.StartCounting();

        for (var code = 0; code < 2_500; code++)
        {
            _durations.Record(Failed with { StatusCode = code }, 1);
        }

        var kept = _durations.Counts.ToList();
        Assert.Equal(2_001, kept.Count);
        Assert.Equal(500, kept.Single(c => c.Tags.Any(t => t.Key == "otel.metric.overflow")).Counts.Counts.Sum());
    }

    [Fact]
    public async Task Listener_OfTheInstrument_HearsEachOne_BesideTheScrape()
    {
        using var scrape = new PrometheusScrape([_meter.Name], [_durations], TimeProvider.System);
        var heard = new List<double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Meter == _meter)
                {
                    l.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((_, duration, _, _) => heard.Add(duration));
        listener.Start();

        Record(Call, 0.25);

        Assert.Equal([0.25], heard);
        Assert.Contains("_count{gen_ai_operation_name=\"execute_tool\",", await ReadAsync(scrape));
    }

    [Fact]
    public void Nobody_IsCountedFor_WhoHasNotAsked()
    {
        Assert.False(_durations.IsEnabled);

        Record(Call, 1);

        Assert.Empty(_durations.Counts);
    }

    private void Record(in OperationLabels labels, double seconds) => _durations.Record(labels, (long)(seconds * Stopwatch.Frequency));

    private static async Task<string> ReadAsync(PrometheusScrape scrape) =>
        Encoding.UTF8.GetString((await scrape.ReadAsync(TestContext.Current.CancellationToken)).Span);
}
