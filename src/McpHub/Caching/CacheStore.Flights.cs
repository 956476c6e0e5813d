namespace McpHub.Caching;

/// <content>What is being fetched.</content>
internal sealed partial class CacheStore
{
    private readonly Dictionary<byte[], CacheFlight> _flights = new(KeyComparer.Instance);

    /// <summary>How many results are being fetched.</summary>
    public int FlightCount
    {
        get
        {
            lock (_lock)
            {
                return _flights.Count;
            }
        }
    }

    /// <summary>
    /// Waits for the flight that fetches this key already, or begins the one that is given.
    /// </summary>
    /// <param name="own">The flight that the caller would begin.</param>
    /// <param name="landed">What has come since the caller looked; then there is nothing to wait for.</param>
    /// <returns>The flight to wait for: if it is the caller's own, the caller has to start it.</returns>
    public CacheFlight Join(CacheFlight own, out CacheEntry? landed)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(own.Key, out landed) && landed.Times.FreshUntil > _time.GetTimestamp())
            {
                return own;
            }

            landed = null;
            if (!_flights.TryGetValue(own.Key, out var flight))
            {
                flight = own;
                _flights.Add(own.Key, own);
            }

            flight.Waiting++;
            return flight;
        }
    }

    /// <summary>Begins to fetch a result anew, for nobody who waits.</summary>
    /// <returns>Whether nobody fetches it yet.</returns>
    public bool TryBegin(CacheFlight flight)
    {
        lock (_lock)
        {
            return _flights.TryAdd(flight.Key, flight);
        }
    }

    /// <summary>Somebody doesn't wait any more; without anybody who does, the flight is of no use.</summary>
    public void Leave(CacheFlight flight)
    {
        bool isAbandoned;
        lock (_lock)
        {
            isAbandoned = --flight.Waiting == 0 && !flight.IsRefresh;
            if (isAbandoned)
            {
                Forget(flight);
            }
        }

        if (isAbandoned)
        {
            flight.Cancel();
        }
    }

    /// <summary>
    /// The flight has ended. Its result is kept, unless something has changed since it began, or it was given up: then it is not known
    /// here any more, and no change could be told to it.
    /// </summary>
    /// <param name="flight">The flight.</param>
    /// <param name="entry">What to keep; <see langword="null"/> for nothing.</param>
    public void Land(CacheFlight flight, CacheEntry? entry)
    {
        lock (_lock)
        {
            // In one step: nobody finds neither the flight nor its result.
            if (Forget(flight) && entry is not null)
            {
                Add(entry);
            }
        }
    }

    /// <returns>Whether it was known.</returns>
    private bool Forget(CacheFlight flight) =>
        _flights.TryGetValue(flight.Key, out var current) && ReferenceEquals(current, flight) && _flights.Remove(flight.Key);

    private void OutdateFlights(CacheChange change)
    {
        if (_flights.Count == 0)
        {
            return;
        }

        foreach (var flight in _flights.Values.Where(f => f.Dependencies.AreConcernedBy(change)).ToArray())
        {
            // Who waits already asked before the change; who comes now did not.
            _flights.Remove(flight.Key);
        }
    }
}
