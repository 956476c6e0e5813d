namespace McpHub.Configuration;

/// <summary>The <c>gateway.cache</c> section: which answers are kept, and until when.</summary>
public sealed record CacheConfig
{
    /// <summary>Whether anything is cached at all.</summary>
    public bool Enabled { get; init; }

    /// <summary>The most memory that cached results take together, in bytes.</summary>
    public int MaxBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>The largest result that is kept, in bytes.</summary>
    public int MaxEntryBytes { get; init; } = 1024 * 1024;

    /// <summary>Whether resources are kept as long as their server says (<c>ttlMs</c>, <c>cacheScope</c>).</summary>
    public bool Resources { get; init; } = true;

    /// <summary>The tools whose results are kept, by name or pattern; the first that matches a tool holds.</summary>
    public IReadOnlyDictionary<string, CacheToolConfig> Tools { get; init; } = new OrderedDictionary<string, CacheToolConfig>();

    /// <summary>What calls of which tools change: tags by name or pattern; all that match a tool hold.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Invalidates { get; init; } = new OrderedDictionary<string, IReadOnlyList<string>>();

    /// <summary>The calls whose results are fetched at start.</summary>
    public IReadOnlyList<CacheWarmConfig> Warm { get; init; } = [];

    /// <summary>Keys of a request's <c>_meta</c> that don't make it another request.</summary>
    public IReadOnlyList<string> IgnoredMeta { get; init; } = [];

    /// <summary>Whether a request may pass the cache by (<c>"io.mcphub/cache": "bypass"</c> in its <c>_meta</c>).</summary>
    public bool AllowBypass { get; init; } = true;

    /// <summary>The path where programs of this machine can invalidate by POST; absent for nowhere.</summary>
    public string? InvalidationPath { get; init; }
}
