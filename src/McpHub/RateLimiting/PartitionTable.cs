using System.Collections.Concurrent;

namespace McpHub.RateLimiting;

/// <summary>
/// The partitions of one limit, by key. Bounded: those that count nothing are given up, and when all count something, those that come
/// new share one, so that the limit holds whoever comes.
/// </summary>
internal sealed class PartitionTable(int bound, Func<LimitPartition> create)
{
    private readonly ConcurrentDictionary<string, LimitPartition> _partitions = new(StringComparer.Ordinal);
    private readonly Lock _adding = new();
    private LimitPartition? _shared;
    private long _nextSweep;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>How often a key found no place of its own.</summary>
    public long Shared { get; private set; }

    public IEnumerable<LimitPartition> All => _partitions.Values;

    /// <summary>The key's partition. It may be given up before it is asked; then there is another.</summary>
    public LimitPartition Of(string key, long now) => _partitions.TryGetValue(key, out var partition) ? partition : Add(key, now);

    /// <summary>Gives up what counts nothing.</summary>
    public void Sweep(long now)
    {
        lock (_adding)
        {
            foreach (var (key, partition) in _partitions)
            {
                if (partition.TryGiveUp(now) && _partitions.TryRemove(key, out _))
                {
                    _count--;
                }
            }

            _nextSweep = now + TimeSpan.TicksPerSecond;
        }
    }

    private LimitPartition Add(string key, long now)
    {
        lock (_adding)
        {
            if (_partitions.TryGetValue(key, out var partition))
            {
                return partition;
            }

            if (_count >= bound && now >= _nextSweep)
            {
                Sweep(now);
            }

            if (_count >= bound)
            {
                Shared++;
                return _shared ??= create();
            }

            partition = create();
            _partitions[key] = partition;
            _count++;
            return partition;
        }
    }
}
