namespace McpHub.Configuration;

/// <summary>How several calls of a tool become one call of another tool of its server.</summary>
public sealed record BulkConfig
{
    /// <summary>The bulk tool's name at the server.</summary>
    public required string Tool { get; init; }

    /// <summary>A JSON pointer to where the array of the calls' arguments goes in the bulk tool's arguments.</summary>
    public required string ItemsPath { get; init; }

    /// <summary>A JSON pointer to where the array of results lies in its structured content, one for each call in the same order.</summary>
    public required string ResultPath { get; init; }

    /// <summary>The most calls that become one. 2 to 1,000.</summary>
    public int MaxItems { get; init; } = 100;
}
