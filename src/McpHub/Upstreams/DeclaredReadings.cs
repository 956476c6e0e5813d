using System.Collections.Frozen;
using McpHub.Catalog;

namespace McpHub.Upstreams;

/// <summary>
/// What is known, over one connection, of what a server lists for sets of capabilities. It is first asked about clients that can do
/// everything: when it lists for those what all see, its lists don't depend on capabilities. An error never decides that. Not thread-safe.
/// </summary>
internal sealed class DeclaredReadings
{
    private readonly Dictionary<ClientFeatures, DeclaredReading> _readings = [];
    private readonly ClientFeatures _tellable;
    private readonly TimeProvider _time;
    private DeclaredOffers _before;
    private IReadOnlyList<ClientFeatures> _sets = [];
    private bool _areDependent;

    /// <param name="tellable">The capabilities that the server can be told of; sets that differ in others are the same to it.</param>
    /// <param name="before">What was known over the last connection.</param>
    /// <param name="time">The clock.</param>
    public DeclaredReadings(ClientFeatures tellable, DeclaredOffers before, TimeProvider time)
    {
        _tellable = tellable;
        _before = before;
        _time = time;
    }

    /// <summary>How long until the server is to be asked about something; infinite if nothing has failed or changed.</summary>
    public TimeSpan Rest => _readings.Values.Select(r => r.Rest).Where(r => r != Timeout.InfiniteTimeSpan).DefaultIfEmpty(Timeout.InfiniteTimeSpan).Min();

    /// <summary>Makes it about these sets.</summary>
    /// <returns>What the server was told for sets that are gone.</returns>
    public IReadOnlyList<ClientFeatures> Want(IReadOnlyList<ClientFeatures> sets)
    {
        _sets = sets;
        var wanted = sets.Select(Told).Where(told => told != ClientFeatures.None).ToHashSet();
        if (wanted.Count > 0 && !_areDependent)
        {
            wanted.Add(_tellable);
        }

        foreach (var told in wanted)
        {
            _readings.TryAdd(told, new DeclaredReading(_before.Differing.FirstOrDefault(d => Told(d.Key) == told).Value, _time));
        }

        // A set that comes back later is a new one.
        _before = DeclaredOffers.Unread;
        ClientFeatures[] gone = [.. _readings.Keys.Where(told => !wanted.Contains(told))];
        Array.ForEach(gone, told => _readings.Remove(told));
        return gone;
    }

    /// <summary>Whether the server is told this only in order to find out whether its lists depend on anything.</summary>
    public bool IsProbe(ClientFeatures told) => !_sets.Any(features => Told(features) == told);

    /// <summary>What the server is to be asked about now; the one that decides comes first.</summary>
    public ClientFeatures? NextDue() => _readings.Where(r => r.Value.Rest == TimeSpan.Zero).Select(r => (ClientFeatures?)r.Key).Max();

    public DeclaredReading this[ClientFeatures told] => _readings[told];

    /// <summary>The lists have changed: what was read may be another by now.</summary>
    public void Renew()
    {
        foreach (var reading in _readings.Values)
        {
            reading.Renew();
        }
    }

    /// <summary>Sums up what is known.</summary>
    /// <param name="plain">What clients without capabilities see.</param>
    /// <returns><see cref="DeclaredOffers.Same"/> if it is certain that everybody does.</returns>
    public DeclaredOffers Sum(ServerOffer plain)
    {
        var differing = _readings.Where(r => r.Value.Offer is { } offer && !DeclaredOffers.AreSame(offer, plain)).ToDictionary(r => r.Key, r => r.Value);
        _areDependent |= differing.Values.Any(r => r.IsOfNow);
        return !_areDependent && _readings.GetValueOrDefault(_tellable) is { IsRead: true } ? DeclaredOffers.Same : new DeclaredOffers
        {
            Read = _sets.Where(features => Told(features) == ClientFeatures.None || _readings[Told(features)].IsTried).ToFrozenSet(),
            Differing = _sets.Where(features => differing.ContainsKey(Told(features))).ToFrozenDictionary(features => features, features => differing[Told(features)].Offer!),
        };
    }

    private ClientFeatures Told(ClientFeatures features) => features & _tellable;
}
