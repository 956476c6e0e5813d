namespace McpHub.Catalog;

/// <summary>
/// The sets of capabilities that clients declare, and that servers are asked about. There are at most <see cref="Most"/>: a new one takes
/// the place of the one that was used least recently, unless all are in use. Thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class DeclaredSets(TimeProvider time)
{
    /// <summary>The most sets. While all are in use, clients with another one see what clients without capabilities see.</summary>
    public const int Most = 16;

    private readonly Lock _lock = new();
    private readonly bool[] _isKnown = new bool[(int)ClientFeatures.All + 1];
    private readonly long[] _added = new long[(int)ClientFeatures.All + 1];
    private readonly long[] _used = new long[(int)ClientFeatures.All + 1];
    private volatile ClientFeatures[] _current = [];

    /// <summary>How long a set counts as in use. Without it, clients that keep making sets up would take everybody's lists away, and have servers asked without end.</summary>
    public static TimeSpan UseLimit { get; } = TimeSpan.FromMinutes(1);

    /// <summary>Raised, on whatever thread, when there are others than before.</summary>
    public event Action? Changed;

    /// <summary>The sets, in the order in which they came.</summary>
    public IReadOnlyList<ClientFeatures> Current => _current;

    /// <summary>A client uses what servers list for this.</summary>
    /// <returns>Whether servers are asked about it; <see langword="false"/> if there is no room for it now.</returns>
    public bool Use(ClientFeatures features)
    {
        if (features == ClientFeatures.None)
        {
            return true;
        }

        Volatile.Write(ref _used[(int)features], time.GetTimestamp());
        return Volatile.Read(ref _isKnown[(int)features]) || TryAdd(features);
    }

    /// <summary>How long servers have been asked about a set; for ever, if they are not.</summary>
    public TimeSpan AgeOf(ClientFeatures features) =>
        Volatile.Read(ref _isKnown[(int)features]) ? time.GetElapsedTime(Volatile.Read(ref _added[(int)features])) : TimeSpan.MaxValue;

    private bool TryAdd(ClientFeatures features)
    {
        // Whoever finds no room looks in vain on every request; that needs no lock.
        if (!HasRoom(_current, out _))
        {
            return false;
        }

        lock (_lock)
        {
            if (_isKnown[(int)features] || !HasRoom(_current, out var oldest))
            {
                return _isKnown[(int)features];
            }

            if (oldest is { } gone)
            {
                Volatile.Write(ref _isKnown[(int)gone], false);
            }

            Volatile.Write(ref _added[(int)features], time.GetTimestamp());
            _current = [.. _current.Where(f => f != oldest), features];
            Volatile.Write(ref _isKnown[(int)features], true);
        }

        Changed?.Invoke();
        return true;
    }

    /// <param name="current">The sets.</param>
    /// <param name="oldest">The one that has to make room; <see langword="null"/> if none has to.</param>
    private bool HasRoom(ClientFeatures[] current, out ClientFeatures? oldest)
    {
        oldest = current.Length < Most ? null : current.MinBy(f => Volatile.Read(ref _used[(int)f]));
        return oldest is not { } least || time.GetElapsedTime(Volatile.Read(ref _used[(int)least])) > UseLimit;
    }
}
