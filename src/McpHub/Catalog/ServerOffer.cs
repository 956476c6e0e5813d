using McpHub.Protocol;

namespace McpHub.Catalog;

/// <summary>Everything that one server offers, as it was last listed. Immutable.</summary>
internal sealed record ServerOffer
{
    /// <summary>The revision that the definitions are written in.</summary>
    public required Revision Revision { get; init; }

    public ServerFeatures Features { get; init; }

    public string? Instructions { get; init; }

    public IReadOnlyList<Definition> Tools { get; init; } = [];

    public IReadOnlyList<Definition> Prompts { get; init; } = [];

    public IReadOnlyList<Definition> Resources { get; init; } = [];

    public IReadOnlyList<Definition> ResourceTemplates { get; init; } = [];

    /// <summary>The lists that the server refused to give: what is here of them is what was known before.</summary>
    public IReadOnlyCollection<ListMember> Refused { get; init; } = [];

    /// <summary>How long, and for whom, the lists may be kept.</summary>
    public CacheHints Hints { get; init; } = CacheHints.None;

    /// <summary>
    /// The shortest time that the server gives for any of the lists; <see langword="null"/> if it gives none. A list without a time, or with
    /// 0, is good until the server says that it has changed.
    /// </summary>
    public TimeSpan? GoodFor { get; init; }
}
