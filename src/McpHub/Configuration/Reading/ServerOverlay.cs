namespace McpHub.Configuration.Reading;

/// <summary>What <c>gateway.servers.NAME</c> says about a server that is defined elsewhere in the file.</summary>
internal sealed record ServerOverlay(ConfigNode Node)
{
    public bool IsDisabled { get; init; }

    public string? Prefix { get; init; }

    public IReadOnlyList<string> Include { get; init; } = [];

    public IReadOnlyList<string> Exclude { get; init; } = [];

    public string? Category { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public TimeSpan? Timeout { get; init; }

    public IReadOnlyDictionary<string, ToolConfig> Tools { get; init; } = new Dictionary<string, ToolConfig>();

    /// <summary>Where new names are given to tools.</summary>
    public IReadOnlyList<ConfigNode> Renames { get; init; } = [];
}
