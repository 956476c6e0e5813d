namespace McpHub.Catalog;

/// <summary>A source that has resources, also ones that it doesn't list.</summary>
/// <param name="Source">The source.</param>
/// <param name="Uris">The URIs that it shares with others.</param>
/// <param name="Category">The category of what it doesn't list.</param>
/// <param name="Tags">The tags of it.</param>
internal sealed record ResourceSource(ICatalogSource Source, UriMap Uris, string Category, IReadOnlyList<string> Tags);
