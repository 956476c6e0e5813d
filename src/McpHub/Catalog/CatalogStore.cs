namespace McpHub.Catalog;

/// <summary>Holds the snapshot that is live.</summary>
internal sealed class CatalogStore
{
    private volatile CatalogSnapshot _current = CatalogSnapshot.Empty;

    public CatalogSnapshot Current
    {
        get => _current;
        set => _current = value;
    }
}
