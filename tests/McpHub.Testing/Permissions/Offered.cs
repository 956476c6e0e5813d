using McpHub.Catalog;
using McpHub.Configuration;

namespace McpHub.Testing.Permissions;

/// <summary>One thing that a caller may ask for, as a reader of the configuration would describe it.</summary>
/// <param name="Kind">A tool, a prompt or a resource.</param>
/// <param name="Asked">What it is asked for by, on the endpoint of all servers together.</param>
/// <param name="Server">Its server.</param>
/// <param name="Own">What the server calls it.</param>
internal sealed record Offered(ListMember Kind, string Asked, string Server, string Own)
{
    public string Category { get; init; } = "";

    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Its hints, as the specification completes them.</summary>
    public PolicyAnnotations Hints { get; init; } = new() { ReadOnlyHint = false, DestructiveHint = true, IdempotentHint = false, OpenWorldHint = true };

    /// <summary>The server's template that makes it, for a resource that is in no list.</summary>
    public string? Template { get; init; }

    /// <summary>Whether it is in a list.</summary>
    public bool IsListed { get; init; } = true;
}
