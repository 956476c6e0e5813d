using McpHub.Configuration;

namespace McpHub.Streaming;

/// <summary>
/// The bytes that all streams may hold together. What is taken is promised: a stream that runs has taken what it may fill before it is
/// paused, so that no slow reader of another leaves it without room. What is held is there in fact. Thread-safe.
/// </summary>
internal sealed class StreamBudget
{
    private long _limit = new StreamsConfig().MaxTotalBytes;
    private long _taken;
    private long _held;
    private int _isWarned;

    /// <summary>The most bytes that may be taken. Lowering it takes nothing back.</summary>
    public long Limit
    {
        get => Volatile.Read(ref _limit);
        set => Volatile.Write(ref _limit, value);
    }

    public long Taken => Volatile.Read(ref _taken);

    public long Held => Volatile.Read(ref _held);

    public bool TryTake(long bytes)
    {
        var taken = Volatile.Read(ref _taken);
        while (taken + bytes <= Limit)
        {
            var seen = Interlocked.CompareExchange(ref _taken, taken + bytes, taken);
            if (seen == taken)
            {
                return true;
            }

            taken = seen;
        }

        return false;
    }

    public void Give(long bytes) => Interlocked.Add(ref _taken, -bytes);

    /// <summary>Counts what a stream holds more, or less.</summary>
    /// <returns>Whether it has just become nine tenths of the limit. Said again only after it was under eight tenths.</returns>
    public bool Hold(long bytes)
    {
        var held = Interlocked.Add(ref _held, bytes);
        if (held < Limit / 10 * 8)
        {
            Volatile.Write(ref _isWarned, 0);
            return false;
        }

        return bytes > 0 && held >= Limit / 10 * 9 && Interlocked.Exchange(ref _isWarned, 1) == 0;
    }
}
