using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace McpHub.Observability;

/// <summary>How long operations of one kind take: an instrument for whoever listens, and counts for <c>/metrics</c>. Thread-safe.</summary>
/// <remarks>
/// The counts are the gateway's own because a proxied call has two durations of five tags each: a reader of the SDK's looks them up by
/// the text of their names and values, which took 2 % of the call. Where metrics are pushed as well, the SDK counts too.
/// </remarks>
internal sealed class OperationDurations(Meter meter, string name, string description)
{
    // As many as the SDK keeps for an instrument.
    private const int MostKept = 2_000;

    private readonly Histogram<double> _histogram = meter.CreateHistogram(name, "s", description, advice: DurationCounts.Advice);

    private readonly ConcurrentDictionary<OperationLabels, DurationCounts> _counts = new();
    private readonly DurationCounts _overflow = new();
    private int _kept;
    private volatile bool _isCounting;

    public string Name => _histogram.Name;

    public string Unit => _histogram.Unit!;

    public string Description => _histogram.Description!;

    /// <summary>Whether anybody wants to know.</summary>
    public bool IsEnabled => _isCounting || _histogram.Enabled;

    /// <summary>What has been counted, by its tags.</summary>
    public IEnumerable<(TagList Tags, DurationCounts Counts)> Counts
    {
        get
        {
            foreach (var (labels, counts) in _counts)
            {
                yield return (labels.ToTags(), counts);
            }

            if (Volatile.Read(ref _kept) > MostKept)
            {
                yield return (new TagList { { "otel.metric.overflow", true } }, _overflow);
            }
        }
    }

    /// <summary>From here on durations are counted.</summary>
    public void StartCounting() => _isCounting = true;

    /// <param name="labels">What the operation was.</param>
    /// <param name="duration">How long it took, as a difference of <see cref="Stopwatch"/> timestamps.</param>
    public void Record(in OperationLabels labels, long duration)
    {
        if (_isCounting)
        {
            (_counts.TryGetValue(labels, out var counts) ? counts : Keep(labels)).Add(duration);
        }

        if (_histogram.Enabled)
        {
            _histogram.Record((double)duration / Stopwatch.Frequency, labels.ToTags());
        }
    }

    /// <summary>Makes room for new labels, up to a bound: servers choose their error codes, and catalogs change.</summary>
    private DurationCounts Keep(in OperationLabels labels) =>
        Volatile.Read(ref _kept) <= MostKept && Interlocked.Increment(ref _kept) <= MostKept ? _counts.GetOrAdd(labels, new DurationCounts()) : _overflow;
}
