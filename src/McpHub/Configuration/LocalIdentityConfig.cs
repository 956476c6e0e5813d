namespace McpHub.Configuration;

/// <summary>The <c>gateway.auth.stdio</c> section: who the client is that started the gateway itself, as its child.</summary>
public sealed record LocalIdentityConfig
{
    /// <summary>The caller's name; anonymous when absent.</summary>
    public string? Subject { get; init; }

    /// <summary>The caller's roles.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>The caller's scopes.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];
}
