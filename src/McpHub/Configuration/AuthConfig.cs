namespace McpHub.Configuration;

/// <summary>
/// The <c>gateway.auth</c> section: who may call. With an issuer or an API key, every request over HTTP needs a credential; without,
/// all callers are anonymous.
/// </summary>
public sealed record AuthConfig
{
    /// <summary>
    /// The canonical URI of the endpoint of all servers, which tokens have to be issued for (RFC 8707); that of a server is
    /// this with its name behind. <c>gateway.http.url</c> with <c>gateway.http.path</c> when absent.
    /// </summary>
    public string? Resource { get; init; }

    /// <summary>Who issues the tokens that are accepted.</summary>
    public IReadOnlyList<IssuerConfig> Issuers { get; init; } = [];

    /// <summary>The API keys that are accepted.</summary>
    public IReadOnlyList<ApiKeyConfig> ApiKeys { get; init; } = [];

    /// <summary>What API keys begin with, by which they are told from tokens.</summary>
    public string ApiKeyPrefix { get; init; } = "mhk_";

    /// <summary>The scopes that clients are told to ask for at first (RFC 9728, <c>scopes_supported</c>).</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>How far the clocks of issuers may differ from the gateway's. 0 to 5 minutes.</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the keys of an issuer are fetched anew. 1 minute to 24 hours.</summary>
    public TimeSpan KeyRefresh { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How many validated tokens are remembered until they expire. 16 to 1,000,000.</summary>
    public int RememberedTokens { get; init; } = 10_000;

    /// <summary>Who a client over standard input and output is.</summary>
    public LocalIdentityConfig Stdio { get; init; } = new();

    /// <summary>Whether a request over HTTP needs a credential.</summary>
    internal bool IsRequired => Issuers.Count + ApiKeys.Count > 0;
}
