namespace McpHub.Configuration;

/// <summary>The <c>gateway.sizes</c> section, in bytes.</summary>
public sealed record SizesConfig
{
    /// <summary>The largest message from a client.</summary>
    public int Request { get; init; } = 4 * 1024 * 1024;

    /// <summary>The largest message from an upstream.</summary>
    public int Response { get; init; } = 64 * 1024 * 1024;
}
