namespace McpHub.Configuration;

/// <summary>An API key that is accepted: one entry of <c>gateway.auth.apiKeys</c>.</summary>
public sealed record ApiKeyConfig
{
    /// <summary>Who the key is for; the caller's subject.</summary>
    public required string Name { get; init; }

    /// <summary>The SHA-256 of the key, prefix included, as 64 hexadecimal digits.</summary>
    public required string Hash { get; init; }

    /// <summary>The caller's roles.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>The caller's scopes.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];
}
