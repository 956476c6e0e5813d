using McpHub.Catalog;

namespace McpHub.Security.Permissions;

/// <summary>What the policy has decided of each entry of one endpoint, for callers with the same rules. Immutable.</summary>
internal sealed class ViewAccess
{
    private readonly PolicyModel _policy;
    private readonly CallerRules _caller;
    private readonly Dictionary<CatalogEntry, EntryAccess> _entries = new(ReferenceEqualityComparer.Instance);

    /// <param name="policy">The policy.</param>
    /// <param name="caller">The rules that are about the callers.</param>
    /// <param name="all">The endpoint as it is without a policy.</param>
    public ViewAccess(PolicyModel policy, CallerRules caller, CatalogView all)
    {
        _policy = policy;
        _caller = caller;
        All = all;
        foreach (var entry in all.Content.Entries)
        {
            _entries[entry] = policy.AccessTo(entry, caller);
        }
    }

    /// <summary>The endpoint as it is without a policy.</summary>
    public CatalogView All { get; }

    /// <remarks>What isn't listed, such as what a template makes, is decided when it is asked for.</remarks>
    public EntryAccess To(CatalogEntry entry) => _entries.TryGetValue(entry, out var access) ? access : _policy.AccessTo(entry, _caller);

    public bool Sees(CatalogEntry entry) => To(entry).IsVisible;

    /// <summary>Whether anything of a source is there for the callers.</summary>
    public bool Sees(ICatalogSource source) => _entries.Any(e => ReferenceEquals(e.Key.Source, source) && e.Value.IsVisible);
}
