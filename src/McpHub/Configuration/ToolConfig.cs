namespace McpHub.Configuration;

/// <summary>What differs for one tool.</summary>
public sealed record ToolConfig
{
    /// <summary>The name shown, taken as it is and without a prefix.</summary>
    public string? Name { get; init; }

    /// <summary>The description shown.</summary>
    public string? Description { get; init; }

    /// <summary>The category.</summary>
    public string? Category { get; init; }

    /// <summary>Tags, added to those of its server; rules of the policy may name them.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>For one call of this tool.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How several calls become one; <see langword="null"/> if they don't.</summary>
    public BulkConfig? Bulk { get; init; }
}
