using McpHub.Catalog;
using McpHub.Configuration;

namespace McpHub.Caching;

/// <summary>How the results of one tool are kept. Immutable.</summary>
internal sealed record CacheRule
{
    public required TimeSpan Ttl { get; init; }

    public bool IsShared { get; init; }

    public IReadOnlyList<TagTemplate> Tags { get; init; } = [];

    public TimeSpan StaleWhileRevalidate { get; init; }

    public TimeSpan StaleIfError { get; init; }

    public required int MaxEntryBytes { get; init; }

    public bool RefreshAhead { get; init; }

    /// <summary>Whether a tool has to say that it only reads.</summary>
    public bool RequireReadOnlyHint { get; init; }

    /// <summary>The rule of the configuration; <see langword="null"/> where it says that nothing is kept.</summary>
    public static CacheRule? Of(CacheToolConfig tool, CacheConfig cache) => !tool.Enabled ? null : new CacheRule
    {
        Ttl = tool.Ttl,
        IsShared = tool.Scope == CacheScope.Shared,
        Tags = [.. tool.Tags.Select(tag => new TagTemplate(tag))],
        StaleWhileRevalidate = tool.StaleWhileRevalidate ?? TimeSpan.Zero,
        StaleIfError = tool.StaleIfError ?? TimeSpan.Zero,
        MaxEntryBytes = tool.MaxEntryBytes ?? cache.MaxEntryBytes,
        RefreshAhead = tool.RefreshAhead,
        RequireReadOnlyHint = tool.RequireReadOnlyHint,
    };

    /// <summary>The rule that a native tool's author gives.</summary>
    public static CacheRule Of(CacheResultAttribute attribute, CacheConfig cache) => new()
    {
        Ttl = TimeSpan.FromSeconds(attribute.TtlSeconds),
        IsShared = attribute.IsShared,
        Tags = [.. attribute.Tags.Select(tag => new TagTemplate(tag))],
        MaxEntryBytes = cache.MaxEntryBytes,
    };

    /// <summary>Resources are kept as long as their server says, each time.</summary>
    public static CacheRule OfResources(CacheConfig cache) => new() { Ttl = MostTtl, MaxEntryBytes = cache.MaxEntryBytes };

    /// <summary>As long as any setting can say; a server that says more is not believed.</summary>
    public static TimeSpan MostTtl { get; } = TimeSpan.FromHours(24);
}
