using System.Collections.Frozen;

namespace McpHub.Catalog;

/// <summary>What one server lists for clients with certain capabilities, where that is something else than for those without. Immutable.</summary>
internal sealed record DeclaredOffers
{
    /// <summary>Everybody sees the same, as far as anybody knows.</summary>
    public static DeclaredOffers Same { get; } = new() { IsSettled = true };

    /// <summary>The server has not been asked yet.</summary>
    public static DeclaredOffers Unread { get; } = new();

    /// <summary>Whether there is nothing to wait for, whatever a client declares.</summary>
    public bool IsSettled { get; init; }

    /// <summary>The sets that the server was asked about, whether or not it has answered: nobody waits any more.</summary>
    public FrozenSet<ClientFeatures> Read { get; init; } = FrozenSet<ClientFeatures>.Empty;

    /// <summary>What it lists for those sets for which it lists something else.</summary>
    public FrozenDictionary<ClientFeatures, ServerOffer> Differing { get; init; } = FrozenDictionary<ClientFeatures, ServerOffer>.Empty;

    /// <summary>Whether it is known what a client with these capabilities sees.</summary>
    public bool IsKnown(ClientFeatures features) => IsSettled || Read.Contains(features);

    /// <summary>Whether nobody sees anything else by the other one. The same lists, read again, count as others.</summary>
    public bool IsAs(DeclaredOffers other) =>
        IsSettled == other.IsSettled && Read.SetEquals(other.Read) && Differing.Count == other.Differing.Count
        && Differing.All(own => ReferenceEquals(other.Differing.GetValueOrDefault(own.Key), own.Value));

    /// <summary>Whether two offers list the same.</summary>
    public static bool AreSame(ServerOffer one, ServerOffer other) =>
        one.Features == other.Features && AreSame(one.Tools, other.Tools) && AreSame(one.Prompts, other.Prompts)
        && AreSame(one.Resources, other.Resources) && AreSame(one.ResourceTemplates, other.ResourceTemplates);

    private static bool AreSame(IReadOnlyList<Definition> one, IReadOnlyList<Definition> other)
    {
        if (one.Count != other.Count)
        {
            return false;
        }

        for (var i = 0; i < one.Count; i++)
        {
            if (one[i].Key != other[i].Key || !one[i].Json.Span.SequenceEqual(other[i].Json.Span))
            {
                return false;
            }
        }

        return true;
    }
}
