namespace McpHub;

/// <summary>A server says that one of its resources has changed (<c>notifications/resources/updated</c>).</summary>
/// <param name="Server">The server's name in the configuration.</param>
/// <param name="Uri">The URI at the server.</param>
public sealed record ResourceUpdated(string Server, string Uri) : ICacheEvent
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [];
}
