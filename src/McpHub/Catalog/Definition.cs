namespace McpHub.Catalog;

/// <summary>One tool, prompt, resource or template as its server describes it.</summary>
/// <param name="Key">Its name, URI or URI template: what it is called by at the server.</param>
/// <param name="Json">The whole description, as the server sent it: members that the gateway doesn't know are in it too.</param>
/// <param name="Category">Its category, where whoever offers it names one.</param>
/// <param name="Tags">Its tags, likewise.</param>
internal sealed record Definition(string Key, ReadOnlyMemory<byte> Json, string? Category = null, IReadOnlyList<string>? Tags = null)
{
    /// <inheritdoc cref="CatalogEntry.IsNesting"/>
    public bool IsNesting { get; init; }

    /// <inheritdoc cref="CatalogEntry.Owner"/>
    public string? Owner { get; init; }

    /// <summary>Whether it is left out where something else has its name: a caller must not take the name of what all have.</summary>
    public bool YieldsName { get; init; }
}
