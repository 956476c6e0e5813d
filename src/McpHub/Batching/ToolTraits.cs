namespace McpHub.Batching;

/// <summary>What a batch has to know of a tool that its caller may call. Immutable.</summary>
internal sealed record ToolTraits
{
    /// <summary>What tells it from every other tool.</summary>
    public required string Key { get; init; }

    /// <summary>What bounds its calls; <see langword="null"/> if they take no place, because they only make others.</summary>
    public Route? Route { get; init; }

    /// <summary>Whether equal calls may be made once.</summary>
    public bool IsShareable { get; init; }

    /// <summary>Whether its results may be kept.</summary>
    public bool IsCached { get; init; }

    /// <summary>How several calls become one; <see langword="null"/> if they don't.</summary>
    public BulkForm? Bulk { get; init; }
}
