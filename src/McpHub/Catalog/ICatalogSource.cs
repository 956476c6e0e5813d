using McpHub.Pipeline;

namespace McpHub.Catalog;

/// <summary>Where entries of the catalog come from, and who answers the requests about them.</summary>
internal interface ICatalogSource
{
    /// <summary>The server's name in the configuration.</summary>
    string Name { get; }

    /// <summary>What tells it from every other source, in what clients are given and bring back.</summary>
    string Key => Name;

    /// <summary>What tells it from every other source for good, also from an earlier one with the same name.</summary>
    object Origin => this;

    /// <summary>What it offers; <see langword="null"/> until it was asked for the first time.</summary>
    ServerOffer? Offer { get; }

    /// <summary>What it offers clients with certain capabilities, where that is something else.</summary>
    DeclaredOffers Declared => DeclaredOffers.Same;

    /// <summary>Answers the request in <paramref name="context"/>, which is about <paramref name="entry"/>.</summary>
    ValueTask<McpResult> InvokeAsync(McpContext context, CatalogEntry entry, CancellationToken cancellationToken);

    /// <summary>What it says of keeping the results of a tool.</summary>
    CachingTraits CachingOf(CatalogEntry entry) => CachingTraits.None;
}
