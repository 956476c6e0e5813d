namespace McpHub.Configuration;

/// <summary>One MCP server behind the gateway: how it is reached, and what of it is shown.</summary>
public sealed record UpstreamConfig
{
    /// <summary>The server's key in the file: the path <c>/mcp/NAME</c> and the prefix of its tools are made of it.</summary>
    public required string Name { get; init; }

    /// <summary>How the server is reached.</summary>
    public required UpstreamTransportConfig Transport { get; init; }

    /// <summary>Whether the server is left out although it is configured.</summary>
    public bool Disabled { get; init; }

    /// <summary>The prefix of its tools and prompts, where it is to differ from <see cref="Name"/>.</summary>
    public string? Prefix { get; init; }

    /// <summary>Patterns (<c>*</c> and <c>?</c>) of the tools that are shown; empty for all.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>Patterns (<c>*</c> and <c>?</c>) of the tools that are not shown, even where included.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>The category of its tools, where the tool does not say otherwise; the server's name when absent.</summary>
    public string? Category { get; init; }

    /// <summary>Tags of all that it offers; rules of the policy may name them.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>For a call to this server; <see cref="TimeoutsConfig.Call"/> when absent.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Settings of single tools, by their name at the server.</summary>
    public IReadOnlyDictionary<string, ToolConfig> Tools { get; init; } = new Dictionary<string, ToolConfig>();
}
