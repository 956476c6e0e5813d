using System.Collections.Frozen;
using McpHub.Configuration;

namespace McpHub.Security.Authentication;

/// <summary>All that requests are judged by while a configuration is live. Immutable, but for what is remembered.</summary>
internal sealed class AuthenticationModel(HubConfig config, IEnumerable<TokenIssuer> issuers)
{
    /// <summary>The issuers by what the <c>iss</c> claim says.</summary>
    public FrozenDictionary<string, TokenIssuer> Issuers { get; } = issuers.ToFrozenDictionary(issuer => issuer.Config.Issuer, StringComparer.Ordinal);

    public ApiKeys ApiKeys { get; } = new(config.Gateway.Auth.ApiKeys);

    public string ApiKeyPrefix { get; } = config.Gateway.Auth.ApiKeyPrefix;

    public ProtectedResources Resources { get; } = new(config);

    public TimeSpan ClockSkew { get; } = config.Gateway.Auth.ClockSkew;

    public RememberedTokens Remembered { get; } = new(config.Gateway.Auth.RememberedTokens);
}
