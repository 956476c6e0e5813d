namespace McpHub.Configuration;

/// <summary>The <c>gateway.http</c> section.</summary>
public sealed record HttpConfig
{
    /// <summary>The address to listen on: scheme, host and port. Anything but loopback needs <c>gateway.auth</c>, or <see cref="AllowRemote"/>.</summary>
    public string Url { get; init; } = "http://127.0.0.1:8080";

    /// <summary>The path of the MCP endpoint; the servers' own endpoints lie under it.</summary>
    public string Path { get; init; } = "/mcp";

    /// <summary>Whether an address other than loopback may be bound, although there is no authentication.</summary>
    public bool AllowRemote { get; init; }

    /// <summary>Origins that browsers may call from, beside the gateway's own and loopback ones. <c>*</c> allows every origin.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>Host names by which the gateway may be called, beside that of <see cref="Url"/> and loopback ones.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Whether HTTP+SSE of 2024-11-05 is served beside the endpoints, for clients that know nothing newer.</summary>
    public bool Sse { get; init; } = true;
}
