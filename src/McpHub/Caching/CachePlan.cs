using McpHub.Catalog;
using McpHub.Pipeline;

namespace McpHub.Caching;

/// <summary>What the cache does for requests about one entry of the catalog, found out once. Immutable.</summary>
internal sealed record CachePlan
{
    /// <summary>The entry, as it is asked for on behalf of all: its URIs are left as the server writes them.</summary>
    public required CatalogEntry Target { get; init; }

    public required bool IsResource { get; init; }

    /// <summary>How results are kept; <see langword="null"/> if they are not.</summary>
    public required CacheRule? Rule { get; init; }

    /// <summary>The tags that each call invalidates.</summary>
    public required IReadOnlyList<TagTemplate> Invalidates { get; init; }

    /// <summary>The beginning of every key: the configuration, the server and what of it is asked for.</summary>
    public required byte[] KeyPrefix { get; init; }

    /// <summary>The tool's name at the common endpoint, or the resource's URI.</summary>
    public required string Name { get; init; }

    public required IReadOnlyList<string> Topics { get; init; }

    /// <inheritdoc cref="CacheDependencies.Origin"/>
    public required object Origin { get; init; }

    /// <summary>For one call to the source.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>How long a call of it may take.</summary>
    public TimeSpan TimeoutFor(McpContext context) => Target.Timeout ?? context.TierTimeout ?? Timeout;

    public required CacheCounters Counters { get; init; }

    /// <summary>The results of these arguments depend on this.</summary>
    public CacheDependencies DependenciesOf(ReadOnlySpan<byte> arguments)
    {
        var tags = default(TagSet);
        foreach (var template in Rule!.Tags)
        {
            template.Resolve(arguments, ref tags);
        }

        return new CacheDependencies(Name, tags, Topics, Origin);
    }

    /// <summary>A call with these arguments invalidates this.</summary>
    public TagSet InvalidatedBy(ReadOnlySpan<byte> arguments)
    {
        var tags = default(TagSet);
        foreach (var template in Invalidates)
        {
            template.Resolve(arguments, ref tags);
        }

        return tags;
    }
}
