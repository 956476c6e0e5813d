namespace McpHub.Configuration;

/// <summary>The <c>gateway.naming</c> section.</summary>
public sealed record NamingConfig
{
    /// <summary>When a server's name is put before those of its tools and prompts.</summary>
    public PrefixMode Prefix { get; init; } = PrefixMode.Always;

    /// <summary>What stands between the server's name and the tool's: one to three of <c>A-Z a-z 0-9 _ -</c>.</summary>
    public string Separator { get; init; } = "_";
}
