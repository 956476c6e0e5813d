namespace McpHub.Configuration;

/// <summary>The <c>gateway.state</c> section: what the gateway keeps beyond its end.</summary>
public sealed record StateConfig
{
    /// <summary>The folder, as an absolute path; a folder of the user that the gateway runs as if absent.</summary>
    public string? Path { get; init; }
}
