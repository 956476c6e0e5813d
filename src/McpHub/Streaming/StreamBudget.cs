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

    public void Give(long bytes)
    {
        if (Interlocked.Add(ref _taken, -bytes) < Limit / 10 * 8)
        {
            Volatile.Write(ref _isWarned, 0);
        }
    }

    /// <summary>Counts what a stream holds more, or less.</summary>
    public void Hold(long bytes) => Interlocked.Add(ref _held, bytes);

    /// <summary>
    /// Whether there is something to warn of since bytes were taken: nine tenths of the limit are, and what is beyond it will be refused.
    /// Said again only after it was under eight tenths.
    /// </summary>
    public bool IsWarningDue() => Taken >= Limit / 10 * 9 && Interlocked.Exchange(ref _isWarned, 1) == 0;
}
