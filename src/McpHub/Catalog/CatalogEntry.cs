using McpHub.Protocol;

namespace McpHub.Catalog;

/// <summary>One tool, prompt, resource or template of the catalog. Immutable.</summary>
internal sealed record CatalogEntry
{
    public required ICatalogSource Source { get; init; }

    /// <summary>The list that it is of; that of resources also for those that are in none.</summary>
    public ListMember List { get; init; }

    /// <summary>The name or URI that clients see.</summary>
    public required string Name { get; init; }

    /// <summary>The name of a tool or prompt on the endpoint of all servers together, whichever endpoint this entry is of.</summary>
    public string CommonName
    {
        get => field ?? Name;
        init;
    }

    /// <summary>The name or URI at the source.</summary>
    public required string SourceName { get; init; }

    /// <summary><see cref="SourceName"/> as JSON with its quotes, ready to go into a request.</summary>
    public required byte[] SourceNameJson { get; init; }

    /// <summary><see cref="SourceName"/> as the value of a header (2026-07-28, "Value encoding").</summary>
    public string SourceNameHeader => field ??= HeaderValue.Encode(SourceName);

    /// <summary>The description that clients see, in <see cref="Revision"/>.</summary>
    public required ReadOnlyMemory<byte> Definition { get; init; }

    /// <summary>The revision of the source.</summary>
    public required Revision Revision { get; init; }

    public string Category { get; init; } = "";

    /// <summary>Words by which rules may name it; empty for most.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The template that makes the URI of a resource which is in no list; else <see langword="null"/>.</summary>
    public CatalogEntry? Template { get; init; }

    /// <summary>For one call; <see langword="null"/> for the server's own.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The arguments that are repeated in <c>Mcp-Param-*</c> headers (SEP-2243).</summary>
    public IReadOnlyList<HeaderParameter> HeaderParameters { get; init; } = [];

    /// <summary>
    /// Whether the tool's structured content may be something else than an object, which clients before 2026-07-28 don't take: they
    /// see it wrapped as <c>{"result": …}</c>.
    /// </summary>
    public bool HasOpenOutput { get; init; }

    /// <summary>Whether a request about it may be made a second time when nobody knows if the first one ran.</summary>
    public bool IsRepeatable { get; init; }

    /// <summary>
    /// Whether the tool does its work by calling others on its caller's behalf. It holds no place of its own where places are limited: what
    /// it calls needs them.
    /// </summary>
    public bool IsNesting { get; init; }

    /// <summary>The key of the only caller that sees it; <see langword="null"/> for all whom the policy lets.</summary>
    public string? Owner { get; init; }

    /// <summary>URIs of the source that clients see under another name; empty for nearly every source.</summary>
    public UriMap Uris { get; init; } = UriMap.Identity;
}
