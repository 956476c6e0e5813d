using System.Globalization;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace McpHub.Observability;

/// <summary>Writes metrics in the text format of Prometheus, version 0.0.4.</summary>
internal sealed class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();
    private readonly HashSet<string> _names = [];

    public byte[] ToUtf8() => Encoding.UTF8.GetBytes(_text.ToString());

    public override string ToString() => _text.ToString();

    public void Write(in Batch<Metric> metrics)
    {
        foreach (var metric in metrics)
        {
            Write(metric);
        }
    }

    public void Write(OperationDurations durations)
    {
        // In an order that does not depend on which came first.
        var all = durations.Counts.Select(c => (Labels: LabelsOf(c.Tags), c.Counts)).OrderBy(c => c.Labels, StringComparer.Ordinal).ToList();
        var name = PrometheusNames.Metric(durations.Name, durations.Unit, MetricType.Histogram);
        if (all.Count == 0 || !_names.Add(name))
        {
            return;
        }

        WriteHead(name, "histogram", PrometheusNames.Unit(durations.Unit, MetricType.Histogram), durations.Description);
        foreach (var (labels, counts) in all)
        {
            WriteHistogram(name, labels, DurationCounts.Bounds.Append(double.PositiveInfinity).Zip(counts.Counts), counts.Sum);
        }
    }

    private void Write(Metric metric)
    {
        var type = TypeOf(metric.MetricType);
        var name = PrometheusNames.Metric(metric.Name, metric.Unit, metric.MetricType);

        // A name that occurs twice makes the whole answer invalid: then the first meter has it. Exponential histograms have no text form.
        if (type is null || !_names.Add(name))
        {
            return;
        }

        WriteHead(name, type, PrometheusNames.Unit(metric.Unit, metric.MetricType), metric.Description);
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            var labels = LabelsOf(Each(point.Tags));
            switch (metric.MetricType)
            {
                case MetricType.LongSum or MetricType.LongSumNonMonotonic:
                    WriteSample(name, "", labels, null, Number(point.GetSumLong()));
                    break;
                case MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic:
                    WriteSample(name, "", labels, null, Number(point.GetSumDouble()));
                    break;
                case MetricType.LongGauge:
                    WriteSample(name, "", labels, null, Number(point.GetGaugeLastValueLong()));
                    break;
                case MetricType.DoubleGauge:
                    WriteSample(name, "", labels, null, Number(point.GetGaugeLastValueDouble()));
                    break;
                default:
                    WriteHistogram(name, labels, BucketsOf(point), point.GetHistogramSum());
                    break;
            }
        }
    }

    private void WriteHead(string name, string type, string unit, string? description)
    {
        _text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        if (unit.Length > 0)
        {
            _text.Append("# UNIT ").Append(name).Append(' ').Append(unit).Append('\n');
        }

        if (!string.IsNullOrEmpty(description))
        {
            _text.Append("# HELP ").Append(name).Append(' ');
            AppendEscaped(description, quotes: false);
            _text.Append('\n');
        }
    }

    private void WriteHistogram(string name, string labels, IEnumerable<(double Bound, long Count)> buckets, double sum)
    {
        // The format counts upwards: each bucket holds those below it, and the last one is the count.
        long count = 0;
        foreach (var bucket in buckets)
        {
            count += bucket.Count;
            WriteSample(name, "_bucket", labels, Number(bucket.Bound), Number(count));
        }

        WriteSample(name, "_sum", labels, null, Number(sum));
        WriteSample(name, "_count", labels, null, Number(count));
    }

    private void WriteSample(string name, string suffix, string labels, string? bound, string value)
    {
        _text.Append(name).Append(suffix);
        if (labels.Length > 0 || bound is not null)
        {
            _text.Append('{').Append(labels);
            if (bound is not null)
            {
                _text.Append(labels.Length > 0 ? "," : "").Append("le=\"").Append(bound).Append('"');
            }

            _text.Append('}');
        }

        _text.Append(' ').Append(value).Append('\n');
    }

    private static string LabelsOf(IEnumerable<KeyValuePair<string, object?>> tags)
    {
        // Two tags may become the same label; their values then stand in one, as the specification wants it.
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in tags)
        {
            var label = PrometheusNames.Label(key);
            var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            labels[label] = labels.TryGetValue(label, out var other) ? $"{other};{text}" : text;
        }

        var result = new PrometheusText();
        foreach (var (label, value) in labels)
        {
            result._text.Append(result._text.Length > 0 ? "," : "").Append(label).Append("=\"");
            result.AppendEscaped(value, quotes: true);
            result._text.Append('"');
        }

        return result.ToString();
    }

    private void AppendEscaped(string text, bool quotes)
    {
        foreach (var c in text)
        {
            _ = c switch
            {
                '\\' => _text.Append("\\\\"),
                '\n' => _text.Append("\\n"),
                '"' when quotes => _text.Append("\\\""),
                _ => _text.Append(c),
            };
        }
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf"
        : double.IsNegativeInfinity(value) ? "-Inf"
        : double.IsNaN(value) ? "NaN"
        : value.ToString("R", CultureInfo.InvariantCulture);

    private static List<KeyValuePair<string, object?>> Each(ReadOnlyTagCollection tags)
    {
        var all = new List<KeyValuePair<string, object?>>(tags.Count);
        foreach (var tag in tags)
        {
            all.Add(tag);
        }

        return all;
    }

    private static List<(double Bound, long Count)> BucketsOf(in MetricPoint point)
    {
        var all = new List<(double, long)>();
        foreach (var bucket in point.GetHistogramBuckets())
        {
            all.Add((bucket.ExplicitBound, bucket.BucketCount));
        }

        return all;
    }

    private static string? TypeOf(MetricType type) => type switch
    {
        MetricType.LongSum or MetricType.DoubleSum => "counter",
        MetricType.LongSumNonMonotonic or MetricType.DoubleSumNonMonotonic or MetricType.LongGauge or MetricType.DoubleGauge => "gauge",
        MetricType.Histogram => "histogram",
        _ => null,
    };
}
