namespace McpHub.Configuration;

/// <summary>An authorization server whose tokens are accepted: one entry of <c>gateway.auth.issuers</c>.</summary>
public sealed record IssuerConfig
{
    /// <summary>The algorithms that are accepted unless the configuration names others: every asymmetric one that is understood.</summary>
    public static IReadOnlyList<string> AllAlgorithms { get; } =
        ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    /// <summary>What the <c>iss</c> claim says, to the letter.</summary>
    public required string Issuer { get; init; }

    /// <summary>Where its keys are. Found by its metadata (OpenID Connect discovery, RFC 8414) when absent.</summary>
    public Uri? Jwks { get; init; }

    /// <summary>A key in PEM instead, for development: the issuer is not asked. With a private one <c>mcphub token</c> issues tokens.</summary>
    public string? Key { get; init; }

    /// <summary>The algorithms of signatures that are accepted.</summary>
    public IReadOnlyList<string> Algorithms { get; init; } = AllAlgorithms;

    /// <summary>The claim that holds the caller's roles; a path with dots for one within an object.</summary>
    public string RolesClaim { get; init; } = "roles";
}
