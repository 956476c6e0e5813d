using McpHub.Catalog;

namespace McpHub.Caching;

/// <summary>What one result is made of, whether it is kept already or still being fetched. Immutable.</summary>
/// <param name="Name">The tool's name at the common endpoint, or the resource's URI.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="Topics">What of its server it belongs to; see <see cref="Caching.Topics"/>.</param>
/// <param name="Origin">What tells its server from every other, also from an earlier one of the same name.</param>
internal sealed record CacheDependencies(string Name, TagSet Tags, IReadOnlyList<string> Topics, object Origin)
{
    /// <summary>Whether a change makes the result worthless.</summary>
    public bool AreConcernedBy(CacheChange change) =>
        change.IsEverything
        || change.Topics.Any(topic => Topics.Contains(topic))
        || change.Tags.Exact.Any(Has)
        || change.Tags.Prefixes.Any(HasPrefix)
        || (change.Names.Count > 0 && NamePattern.MatchesAny(change.Names, Name))
        || (change.LiveOrigins is { } live && !live.Contains(Origin));

    private bool Has(string tag) =>
        Tags.Exact.Contains(tag) || Tags.Prefixes.Any(own => tag.StartsWith(own, StringComparison.Ordinal));

    private bool HasPrefix(string prefix) =>
        Tags.Exact.Any(own => own.StartsWith(prefix, StringComparison.Ordinal))
        || Tags.Prefixes.Any(own => own.StartsWith(prefix, StringComparison.Ordinal) || prefix.StartsWith(own, StringComparison.Ordinal));
}
