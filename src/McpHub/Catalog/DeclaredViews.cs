using System.Collections.Frozen;

namespace McpHub.Catalog;

/// <summary>What clients with certain capabilities see of an endpoint, where it is something else than others see. Immutable.</summary>
/// <param name="views">The views, by what is declared.</param>
/// <param name="offers">What is known of the endpoint's servers.</param>
internal sealed class DeclaredViews(FrozenDictionary<ClientFeatures, CatalogView> views, IReadOnlyList<DeclaredOffers> offers)
{
    public FrozenDictionary<ClientFeatures, CatalogView> Views { get; } = views;

    /// <summary>Whether it is known of all servers what a client with these capabilities sees.</summary>
    public bool AreKnown(ClientFeatures features)
    {
        foreach (var offer in offers)
        {
            if (!offer.IsKnown(features))
            {
                return false;
            }
        }

        return true;
    }
}
