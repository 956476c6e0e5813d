using McpHub.Catalog;

namespace McpHub.Upstreams;

/// <summary>A connection whose era is known and whose session, in the legacy era, is open.</summary>
/// <param name="Connection">The connection.</param>
/// <param name="Features">What the server says it can do.</param>
/// <param name="ServerVersion">What the server calls itself, name and version.</param>
/// <param name="Instructions">The server's instructions.</param>
/// <param name="Hints">How long what it said may be kept.</param>
internal sealed record OpenedSession(
    UpstreamConnection Connection, ServerFeatures Features, string? ServerVersion, string? Instructions, CacheHints Hints);
