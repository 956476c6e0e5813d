namespace McpHub;

/// <summary>What a server offers has changed: it says so (<c>list_changed</c>), it was connected anew, or its definitions are others.</summary>
/// <param name="Server">The server as it stands in paths and in the names of its tools.</param>
public sealed record ListsChanged(string Server) : ICacheEvent
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [];
}
