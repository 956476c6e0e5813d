using McpHub.Catalog;

namespace McpHub.Security.Permissions;

/// <summary>What the policy has decided of each entry of one endpoint, for callers with the same rules. Immutable.</summary>
internal sealed class ViewAccess
{
    private static readonly EntryAccess Allowed = new(new AccessDecision(AccessOutcome.Allowed, PolicyModel.DefaultRule));
    private static readonly EntryAccess Anothers = new(new AccessDecision(AccessOutcome.Denied, PolicyModel.DefaultRule));

    private readonly PolicyModel? _policy;
    private readonly ViewKey _caller;
    private readonly Dictionary<CatalogEntry, EntryAccess> _entries = new(ReferenceEqualityComparer.Instance);

    /// <param name="policy">The policy; <see langword="null"/> for none.</param>
    /// <param name="caller">What the callers have in common.</param>
    /// <param name="all">The endpoint as it is without a policy.</param>
    public ViewAccess(PolicyModel? policy, ViewKey caller, CatalogView all)
    {
        _policy = policy;
        _caller = caller;
        All = all;
        foreach (var entry in all.Content.Entries)
        {
            _entries[entry] = Decide(entry);
        }
    }

    /// <summary>The endpoint as it is without a policy.</summary>
    public CatalogView All { get; }

    /// <remarks>What isn't listed, such as what a template makes, is decided when it is asked for.</remarks>
    public EntryAccess To(CatalogEntry entry) => _entries.TryGetValue(entry, out var access) ? access : Decide(entry);

    public bool Sees(CatalogEntry entry) => To(entry).IsVisible;

    /// <summary>Whether anything of a source is there for the callers.</summary>
    public bool Sees(ICatalogSource source) => _entries.Any(e => ReferenceEquals(e.Key.Source, source) && e.Value.IsVisible);

    private EntryAccess Decide(CatalogEntry entry) =>
        entry.Owner is { } owner && owner != _caller.Owner ? Anothers : _policy?.AccessTo(entry, _caller.Rules!) ?? Allowed;
}
