using System.Collections.Concurrent;

namespace McpHub.Caching;

/// <summary>
/// The results that are kept, and those that are being fetched; bounded by bytes. Looking up takes no lock and allocates nothing;
/// everything else is done under one lock, so that a result that is stored and a change that makes it worthless have an order.
/// </summary>
/// <remarks>
/// Which one goes when there is no room is chosen as by SIEVE: a hand goes from the oldest to the newest, spares once what was asked
/// for since it last came by, and takes the first that was not. A hit only sets a flag.
/// </remarks>
internal sealed partial class CacheStore
{
    // How often what is over its time is looked for: nobody may ask for it any more.
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<byte[], CacheEntry> _entries = new(KeyComparer.Instance);
    private readonly ConcurrentDictionary<byte[], CacheEntry>.AlternateLookup<ReadOnlySpan<byte>> _entriesBySpan;
    private readonly TagIndex _index = new();
    private readonly TimeProvider _time;
    private readonly long _sweepPeriod;
    private long _maxBytes;
    private long _bytes;
    private long _lastSweep;
    private CacheEntry? _newest;
    private CacheEntry? _oldest;
    private CacheEntry? _hand;

    public CacheStore(TimeProvider time)
    {
        _time = time;
        _entriesBySpan = _entries.GetAlternateLookup<ReadOnlySpan<byte>>();
        _sweepPeriod = CacheTimes.Ticks(time, SweepPeriod);
        _lastSweep = time.GetTimestamp();
    }

    /// <summary>How many bytes all results take.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    public int Count => _entries.Count;

    /// <summary>Bounds what the results take together; what is too much goes at once.</summary>
    public void Bound(long maxBytes)
    {
        lock (_lock)
        {
            _maxBytes = maxBytes;
            MakeRoom(null);
        }
    }

    public bool TryGet(ReadOnlySpan<byte> key, out CacheEntry entry) => _entriesBySpan.TryGetValue(key, out entry!);

    /// <summary>A result takes more bytes than when it was stored.</summary>
    public void Charge(CacheEntry entry, int bytes)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(entry.Key, out var current) && ReferenceEquals(current, entry))
            {
                Account(entry, bytes, 0);
                MakeRoom(entry);
            }
        }
    }

    /// <summary>Drops what a change concerns; of what is being fetched, nothing will be kept, and nobody who comes now waits for it.</summary>
    /// <returns>How many results were dropped.</returns>
    public int Invalidate(CacheChange change)
    {
        lock (_lock)
        {
            OutdateFlights(change);
            if (_entries.IsEmpty)
            {
                return 0;
            }

            CacheEntry[] concerned = change.IsIndexed
                ? _index.Find(change)
                : [.. All().Where(e => e.Dependencies.AreConcernedBy(change))];
            foreach (var entry in concerned)
            {
                entry.Plan.Counters.CountInvalidated();
                Remove(entry);
            }

            return concerned.Length;
        }
    }

    private void Add(CacheEntry entry)
    {
        if (_entries.TryGetValue(entry.Key, out var old))
        {
            Remove(old);
        }

        if (_time.GetTimestamp() - _lastSweep > _sweepPeriod)
        {
            Sweep();
        }

        _entries[entry.Key] = entry;
        _index.Add(entry);
        entry.Older = _newest;
        if (_newest is not null)
        {
            _newest.Newer = entry;
        }

        _newest = entry;
        _oldest ??= entry;
        Account(entry, entry.Size, 1);
        MakeRoom(entry);
    }

    private void Remove(CacheEntry entry)
    {
        _entries.TryRemove(entry.Key, out _);
        _index.Remove(entry);
        if (ReferenceEquals(_hand, entry))
        {
            _hand = entry.Newer;
        }

        if (entry.Newer is { } newer)
        {
            newer.Older = entry.Older;
        }
        else
        {
            _newest = entry.Older;
        }

        if (entry.Older is { } older)
        {
            older.Newer = entry.Newer;
        }
        else
        {
            _oldest = entry.Newer;
        }

        entry.Newer = null;
        entry.Older = null;
        Account(entry, -entry.Charged, -1);
    }

    /// <param name="spared">What has just come; it goes only if it alone is too much.</param>
    private void MakeRoom(CacheEntry? spared)
    {
        var now = _bytes > _maxBytes ? _time.GetTimestamp() : 0;
        while (_bytes > _maxBytes && _oldest is not null)
        {
            var candidate = _hand ?? _oldest;
            _hand = candidate.Newer;
            if (ReferenceEquals(candidate, spared) && _entries.Count > 1)
            {
                continue;
            }

            if (candidate.IsVisited && candidate.Times.End > now)
            {
                candidate.IsVisited = false;
                continue;
            }

            candidate.Plan.Counters.CountEvicted();
            Remove(candidate);
        }
    }

    private void Sweep()
    {
        _lastSweep = _time.GetTimestamp();
        foreach (var entry in All().Where(e => e.Times.End <= _lastSweep).ToArray())
        {
            Remove(entry);
        }
    }

    private IEnumerable<CacheEntry> All()
    {
        for (var entry = _oldest; entry is not null; entry = entry.Newer)
        {
            yield return entry;
        }
    }

    private void Account(CacheEntry entry, int bytes, int entries)
    {
        entry.Charged += bytes;
        Volatile.Write(ref _bytes, _bytes + bytes);
        entry.Plan.Counters.Charge(bytes, entries);
    }
}
