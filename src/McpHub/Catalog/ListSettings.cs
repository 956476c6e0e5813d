namespace McpHub.Catalog;

/// <summary>What the lists of one endpoint have in common.</summary>
/// <param name="PageSize">The most entries in a page.</param>
/// <param name="Hints">How long, and for whom, they may be kept.</param>
/// <param name="ServerInfo">The gateway's <c>serverInfo</c>, as JSON.</param>
internal sealed record ListSettings(int PageSize, CacheHints Hints, byte[] ServerInfo)
{
    /// <summary>The same, for one caller alone if others may see something else.</summary>
    public ListSettings For(bool isPrivate) => this with { Hints = Hints.For(isPrivate) };
}
