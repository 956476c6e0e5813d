namespace McpHub.Catalog;

/// <summary>What a source itself says of keeping the results of one of its entries.</summary>
internal sealed record CachingTraits
{
    /// <summary>Nothing, as proxied servers do: what they say, they say in each result.</summary>
    public static CachingTraits None { get; } = new();

    /// <summary>For what is another thing each time, as what the gateway says of itself.</summary>
    public static CachingTraits Never { get; } = new() { IsNever = true };

    /// <summary>Whether nothing is ever kept, whatever the configuration says.</summary>
    public bool IsNever { get; init; }

    /// <summary>How results are kept where the configuration doesn't say.</summary>
    public CacheResultAttribute? Result { get; init; }

    /// <summary>What each call changes, beside what the configuration says.</summary>
    public IReadOnlyList<string> Invalidates { get; init; } = [];
}
