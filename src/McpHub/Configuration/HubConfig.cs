namespace McpHub.Configuration;

/// <summary>The whole configuration of a gateway, validated and immutable.</summary>
public sealed record HubConfig
{
    /// <summary>What is served when no file is given: the built-in tools on the default address, and no other process.</summary>
    public static HubConfig Default { get; } = new();

    /// <summary>The file that this configuration was read from; <see langword="null"/> for the embedded default.</summary>
    public string? Path { get; init; }

    /// <summary>The MCP servers behind the gateway, in the order of the file.</summary>
    public IReadOnlyList<UpstreamConfig> Upstreams { get; init; } = [];

    /// <summary>The gateway's own settings.</summary>
    public GatewayConfig Gateway { get; init; } = new();
}
