namespace McpHub.Caching;

/// <summary>What has changed, by whatever it was found out. Immutable.</summary>
internal sealed record CacheChange
{
    /// <summary>Why, for events and metrics.</summary>
    public required string Reason { get; init; }

    public TagSet Tags { get; init; }

    public IReadOnlyList<string> Topics { get; init; } = [];

    /// <summary>Patterns of the names of tools and URIs.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>The servers that are still there; <see langword="null"/> if none has gone.</summary>
    public IReadOnlySet<object>? LiveOrigins { get; init; }

    public bool IsEverything { get; init; }

    /// <summary>Whether what it concerns is found by tags and topics alone, without looking at every result.</summary>
    public bool IsIndexed => !IsEverything && Names.Count == 0 && LiveOrigins is null && Tags.Prefixes.Count == 0;
}
