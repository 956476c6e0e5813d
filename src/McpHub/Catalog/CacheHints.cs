namespace McpHub.Catalog;

/// <summary>How long, and for whom, an answer may be kept (2026-07-28, "Caching").</summary>
/// <param name="TtlMs">Milliseconds; 0 is immediately stale.</param>
/// <param name="IsPrivate">Whether it is for the same caller only; a server that doesn't say means that.</param>
internal readonly record struct CacheHints(long TtlMs, bool IsPrivate)
{
    /// <summary>What a legacy server's silence means.</summary>
    public static CacheHints None { get; } = new(0, IsPrivate: true);

    /// <summary>What holds for an answer that is put together of both: the shorter time, and private if either is.</summary>
    public CacheHints And(CacheHints other) => new(Math.Min(TtlMs, other.TtlMs), IsPrivate || other.IsPrivate);

    /// <summary>The same, for one caller alone if others may be told something else.</summary>
    public CacheHints For(bool isPrivate) => this with { IsPrivate = IsPrivate || isPrivate };
}
