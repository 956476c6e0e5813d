namespace McpHub.Catalog;

/// <summary>The entries of one endpoint, in the order in which they are listed.</summary>
internal sealed record CatalogContent
{
    public static CatalogContent Empty { get; } = new();

    /// <summary>The one server that is shown, as it stands in the path of its endpoint; empty for all together.</summary>
    public string Server { get; init; } = "";

    public ServerFeatures Features { get; init; }

    public IReadOnlyList<CatalogEntry> Tools { get; init; } = [];

    public IReadOnlyList<CatalogEntry> Prompts { get; init; } = [];

    public IReadOnlyList<CatalogEntry> Resources { get; init; } = [];

    public IReadOnlyList<CatalogEntry> ResourceTemplates { get; init; } = [];

    /// <summary>All of them, list after list.</summary>
    public IEnumerable<CatalogEntry> Entries => Tools.Concat(Prompts).Concat(Resources).Concat(ResourceTemplates);

    /// <summary>The sources that have resources.</summary>
    public IReadOnlyList<ResourceSource> ResourceSources { get; init; } = [];

    /// <summary>The sources that make tasks, or were not asked yet whether they do, with the URIs that they share.</summary>
    public IReadOnlyList<(ICatalogSource Source, UriMap Uris)> TaskSources { get; init; } = [];
}
