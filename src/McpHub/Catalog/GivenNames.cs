namespace McpHub.Catalog;

/// <summary>
/// The names that the tools, or the prompts, of one endpoint have been given: each of a server keeps the one that it got first, so that
/// it has the same for every client. Not thread-safe.
/// </summary>
/// <param name="assign">Gives a name to one that has none: of which server, what, and whether only clients with certain capabilities see it.</param>
internal sealed class GivenNames(Func<CatalogPart, Definition, bool, string> assign)
{
    private readonly Dictionary<(ICatalogSource Source, string Key), string> _names = [];

    /// <summary>The name of one.</summary>
    /// <param name="part">Its server.</param>
    /// <param name="definition">The tool or prompt.</param>
    /// <param name="isForSome">Whether only clients with certain capabilities see it.</param>
    public string Of(CatalogPart part, Definition definition, bool isForSome)
    {
        var key = (part.Source, definition.Key);
        if (!_names.TryGetValue(key, out var name))
        {
            _names[key] = name = assign(part, definition, isForSome);
        }

        return name;
    }
}
