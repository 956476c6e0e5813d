using System.Numerics;

namespace McpHub.LoadTests.Load;

/// <summary>
/// Counts of durations in nanoseconds, in buckets whose width is at most 1/128 of their value. Not thread-safe.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int PrecisionBits = 7;
    private const int SubBuckets = 1 << PrecisionBits;

    private readonly long[] _counts = new long[(65 - PrecisionBits) * SubBuckets];

    public long Count { get; private set; }

    public long Max { get; private set; }

    public void Record(long nanoseconds)
    {
        var value = Math.Max(0, nanoseconds);
        _counts[IndexOf(value)]++;
        Count++;
        Max = Math.Max(Max, value);
    }

    public void Clear()
    {
        Array.Clear(_counts);
        Count = 0;
        Max = 0;
    }

    /// <summary>The duration that <paramref name="percent"/> of all do not exceed; 0 if there are none.</summary>
    public TimeSpan Percentile(double percent)
    {
        var wanted = (long)Math.Ceiling(Count * percent / 100);
        long seen = 0;
        for (var index = 0; index < _counts.Length; index++)
        {
            seen += _counts[index];
            if (seen >= wanted && _counts[index] > 0)
                return FromNanoseconds(Math.Min(Max, UpperBoundOf(index)));
        }

        return TimeSpan.Zero;
    }

    public TimeSpan MaxDuration => FromNanoseconds(Max);

    private static TimeSpan FromNanoseconds(long nanoseconds) => TimeSpan.FromTicks((nanoseconds + 99) / 100);

    // Below 2 * SubBuckets a bucket holds one value; above, the top eight bits of the value choose the bucket.
    private static int IndexOf(long value)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)value | 1) - PrecisionBits);
        return (shift << PrecisionBits) + (int)(value >> shift);
    }

    private static long UpperBoundOf(int index)
    {
        var shift = Math.Max(0, (index >> PrecisionBits) - 1);
        var start = (long)(index - (shift << PrecisionBits));
        return ((start + 1) << shift) - 1;
    }
}
