namespace McpHub.Catalog;

/// <summary>What one endpoint says when it is greeted.</summary>
/// <param name="Hints">How long, and for whom, it may be kept.</param>
/// <param name="Instructions">Puts the instructions of those sources together that a caller sees anything of.</param>
internal sealed record HandshakeSettings(CacheHints Hints, Func<Func<ICatalogSource, bool>, string?> Instructions)
{
    public static HandshakeSettings Empty { get; } = new(CacheHints.None, _ => null);

    /// <summary>The same, for one caller alone if others may be told something else.</summary>
    public HandshakeSettings For(bool isPrivate) => this with { Hints = Hints.For(isPrivate) };
}
