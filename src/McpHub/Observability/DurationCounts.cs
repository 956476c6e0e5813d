using System.Diagnostics;

namespace McpHub.Observability;

/// <summary>The durations of operations that are alike: how many fell into each bucket, and their sum. Thread-safe.</summary>
internal sealed class DurationCounts
{
    // The sum stands before the first bucket, into which nearly all fall: one line of the cache holds both.
    private readonly long[] _sumAndCounts = new long[Bounds.Length + 2];

    /// <summary>The bounds that OpenTelemetry's conventions for MCP ask for, in seconds; a bucket has what is not longer.</summary>
    public static double[] Bounds { get; } = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];

    private static long[] BoundTimestamps { get; } = [.. Bounds.Select(b => (long)(b * Stopwatch.Frequency))];

    /// <summary>The sum, in seconds.</summary>
    public double Sum => (double)Volatile.Read(ref _sumAndCounts[0]) / Stopwatch.Frequency;

    /// <summary>How many fell into each bucket; the last has what is longer than all bounds.</summary>
    public IEnumerable<long> Counts => _sumAndCounts.Skip(1);

    /// <param name="duration">How long it took, as a difference of <see cref="Stopwatch"/> timestamps.</param>
    public void Add(long duration)
    {
        var bounds = BoundTimestamps;
        var bucket = 0;
        while (bucket < bounds.Length && duration > bounds[bucket])
        {
            bucket++;
        }

        Interlocked.Add(ref _sumAndCounts[0], duration);
        Interlocked.Increment(ref _sumAndCounts[bucket + 1]);
    }
}
