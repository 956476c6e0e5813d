using System.Diagnostics.Metrics;
using System.Text;
using McpHub.Observability;
using OpenTelemetry.Metrics;

namespace McpHub.Tests.Observability;

public sealed class PrometheusTextTests : IDisposable
{
    private readonly Meter _meter = new($"test.{Guid.NewGuid()}");
    private readonly StillClock _clock = new();
    private readonly PrometheusScrape _scrape;

    public PrometheusTextTests() => _scrape = new PrometheusScrape([_meter.Name], [], _clock);

    public void Dispose()
    {
        _scrape.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public async Task Text_IsWhatItHasAlwaysBeen()
    {
        var histogram = _meter.CreateHistogram(
            "mcp.server.operation.duration", "s", "The time.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.5, 10] });
        histogram.Record(0.005, new("mcp.method.name", "tools/call"), new("gen_ai.tool.name", "a"));
        histogram.Record(0.2, new("mcp.method.name", "tools/call"), new("gen_ai.tool.name", "a"));
        histogram.Record(100, new("mcp.method.name", "tools/call"), new("gen_ai.tool.name", "a"));
        histogram.Record(0.01, new KeyValuePair<string, object?>("mcp.method.name", "ping"));
        _meter.CreateCounter<long>("hub.calls", "{call}", "Calls.").Add(3);
        _meter.CreateUpDownCounter<int>("hub.open", null, "Open.").Add(-2);
        _meter.CreateObservableGauge("hub.memory", () => 1.5, "By", "Memory.");

        Assert.Equal(
            """
            # TYPE mcp_server_operation_duration_seconds histogram
            # UNIT mcp_server_operation_duration_seconds seconds
            # HELP mcp_server_operation_duration_seconds The time.
            mcp_server_operation_duration_seconds_bucket{gen_ai_tool_name="a",mcp_method_name="tools/call",le="0.01"} 1
            mcp_server_operation_duration_seconds_bucket{gen_ai_tool_name="a",mcp_method_name="tools/call",le="0.5"} 2
            mcp_server_operation_duration_seconds_bucket{gen_ai_tool_name="a",mcp_method_name="tools/call",le="10"} 2
            mcp_server_operation_duration_seconds_bucket{gen_ai_tool_name="a",mcp_method_name="tools/call",le="+Inf"} 3
            mcp_server_operation_duration_seconds_sum{gen_ai_tool_name="a",mcp_method_name="tools/call"} 100.205
            mcp_server_operation_duration_seconds_count{gen_ai_tool_name="a",mcp_method_name="tools/call"} 3
            mcp_server_operation_duration_seconds_bucket{mcp_method_name="ping",le="0.01"} 1
            mcp_server_operation_duration_seconds_bucket{mcp_method_name="ping",le="0.5"} 1
            mcp_server_operation_duration_seconds_bucket{mcp_method_name="ping",le="10"} 1
            mcp_server_operation_duration_seconds_bucket{mcp_method_name="ping",le="+Inf"} 1
            mcp_server_operation_duration_seconds_sum{mcp_method_name="ping"} 0.01
            mcp_server_operation_duration_seconds_count{mcp_method_name="ping"} 1
            # TYPE hub_calls_total counter
            # HELP hub_calls_total Calls.
            hub_calls_total 3
            # TYPE hub_open gauge
            # HELP hub_open Open.
            hub_open -2
            # TYPE hub_memory_bytes gauge
            # UNIT hub_memory_bytes bytes
            # HELP hub_memory_bytes Memory.
            hub_memory_bytes 1.5

            """.ReplaceLineEndings("\n"),
            await ReadAsync());
    }

    [Fact]
    public async Task Text_EscapesWhatEndsALabelOrALine()
    {
        _meter.CreateCounter<double>("odd", null, "A \\ and\na \"line\".").Add(0.5, new KeyValuePair<string, object?>("a.b", "x\"y\\z\nw{},=ü"));

        var text = await ReadAsync();

        Assert.Contains("# HELP odd_total A \\\\ and\\na \"line\".\n", text);
        Assert.Contains("odd_total{a_b=\"x\\\"y\\\\z\\nw{},=ü\"} 0.5\n", text);
        PrometheusParser.Parse(text);
    }

    [Fact]
    public async Task Text_JoinsTags_ThatBecomeTheSameLabel()
    {
        _meter.CreateCounter<long>("calls").Add(1, new("a.b", "1"), new("a_b", "2"));

        Assert.Contains("calls_total{a_b=\"1;2\"} 1\n", await ReadAsync());
    }

    [Fact]
    public async Task Text_HasEachNameOnce_EvenIfTwoInstrumentsBecomeTheSame()
    {
        _meter.CreateCounter<long>("a.b").Add(1);
        _meter.CreateCounter<long>("a_b").Add(2);

        Assert.Equal(1, PrometheusParser.Parse(await ReadAsync())["a_b_total"]);
    }

    [Fact]
    public async Task Text_WritesNumbersThatAreNone()
    {
        _meter.CreateObservableGauge("odd", () => new[]
        {
            new Measurement<double>(double.NaN, new KeyValuePair<string, object?>("k", "nan")),
            new Measurement<double>(double.PositiveInfinity, new KeyValuePair<string, object?>("k", "inf")),
            new Measurement<double>(double.NegativeInfinity, new KeyValuePair<string, object?>("k", "-inf")),
        });

        var samples = PrometheusParser.Parse(await ReadAsync());

        Assert.True(double.IsNaN(samples["odd{k=\"nan\"}"]));
        Assert.Equal(double.PositiveInfinity, samples["odd{k=\"inf\"}"]);
        Assert.Equal(double.NegativeInfinity, samples["odd{k=\"-inf\"}"]);
    }

    [Fact]
    public async Task Scrape_KeepsItsAnswer_ForLessThanASecond()
    {
        var counter = _meter.CreateCounter<long>("calls");
        counter.Add(1);
        Assert.Contains("calls_total 1\n", await ReadAsync());

        counter.Add(1);
        Assert.Contains("calls_total 1\n", await ReadAsync());

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("calls_total 2\n", await ReadAsync());
    }

    [Fact]
    public async Task Scrape_IsReadByMany_AsByOne()
    {
        var collections = 0;
        _meter.CreateObservableGauge("looks", () => Interlocked.Increment(ref collections));

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => ReadAsync())));

        Assert.Equal(1, collections);
    }

    [Fact]
    public async Task Runtime_IsThere_AndObeysTheFormat()
    {
        using var runtime = new PrometheusScrape(["System.Runtime"], [], TimeProvider.System);

        var samples = PrometheusParser.Parse(Encoding.UTF8.GetString((await runtime.ReadAsync(TestContext.Current.CancellationToken)).Span));

        Assert.Contains("dotnet_process_memory_working_set_bytes", samples.Keys);
    }

    [Theory]
    [InlineData("http.server.request.duration", "s", MetricType.Histogram, "http_server_request_duration_seconds")]
    [InlineData("a.seconds", "s", MetricType.Histogram, "a_seconds")]
    [InlineData("jobs_total", "", MetricType.LongSum, "jobs_total")]
    [InlineData("jobs", "1", MetricType.LongSum, "jobs_total")]
    [InlineData("load", "1", MetricType.DoubleGauge, "load_ratio")]
    [InlineData("disk", "%", MetricType.DoubleGauge, "disk_percent")]
    [InlineData("rate", "By/s", MetricType.DoubleGauge, "rate_bytes_per_second")]
    [InlineData("queue", "{item}", MetricType.LongSumNonMonotonic, "queue")]
    [InlineData("2x..y--z", "", MetricType.LongGauge, "_2x_y_z")]
    public void Names_FollowTheRules(string name, string unit, MetricType type, string expected) =>
        Assert.Equal(expected, PrometheusNames.Metric(name, unit, type));

    private async Task<string> ReadAsync() => Encoding.UTF8.GetString((await _scrape.ReadAsync(TestContext.Current.CancellationToken)).Span);

    /// <summary>Stands still until it is told to go on.</summary>
    private sealed class StillClock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Advance(TimeSpan by) => _now += by.Ticks;
    }
}
