using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace McpHub.Observability;

/// <summary>The durations of operations that are alike: how many fell into each bucket, and their sum. Thread-safe.</summary>
internal sealed class DurationCounts
{
    private readonly long[] _counts = new long[Bounds.Length + 1];

    // Not a whole number: thousands of requests that listen add years to it in a day.
    private double _sum;

    /// <summary>The bounds that OpenTelemetry's conventions for MCP ask for, in seconds; a bucket has what is not longer.</summary>
    public static double[] Bounds { get; } = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];

    /// <summary><see cref="Bounds"/>, for instruments.</summary>
    public static InstrumentAdvice<double> Advice { get; } = new() { HistogramBucketBoundaries = Bounds };

    private static long[] BoundTimestamps { get; } = Array.ConvertAll(Bounds, b => (long)(b * Stopwatch.Frequency));

    /// <summary>The sum, in seconds.</summary>
    public double Sum => Volatile.Read(ref _sum) / Stopwatch.Frequency;

    /// <summary>How many fell into each bucket; the last has what is longer than all bounds.</summary>
    public IReadOnlyList<long> Counts => _counts;

    /// <param name="duration">How long it took, as a difference of <see cref="Stopwatch"/> timestamps.</param>
    public void Add(long duration)
    {
        var bounds = BoundTimestamps;
        var bucket = 0;
        while (bucket < bounds.Length && duration > bounds[bucket])
        {
            bucket++;
        }

        Interlocked.Increment(ref _counts[bucket]);
        double sum;
        do
        {
            sum = Volatile.Read(ref _sum);
        }
        while (Interlocked.CompareExchange(ref _sum, sum + duration, sum) != sum);
    }
}
