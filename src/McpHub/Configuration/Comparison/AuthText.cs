namespace McpHub.Configuration.Comparison;

/// <summary>The lists of <c>gateway.auth</c> as text that is compared and never shown.</summary>
internal static class AuthText
{
    public static string Of(IReadOnlyList<IssuerConfig> issuers) => ValueText.Of([.. issuers.Select(Of)]);

    public static string Of(IReadOnlyList<ApiKeyConfig> keys) => ValueText.Of([.. keys.Select(Of)]);

    private static string Of(IssuerConfig issuer) => string.Join(
        ' ',
        ValueText.Of(issuer.Issuer),
        ValueText.Of(issuer.Jwks),
        ValueText.Of(issuer.Key),
        ValueText.Of(issuer.Algorithms),
        ValueText.Of(issuer.RolesClaim));

    private static string Of(ApiKeyConfig key) =>
        string.Join(' ', ValueText.Of(key.Name), ValueText.Of(key.Hash), ValueText.Of(key.Roles), ValueText.Of(key.Scopes));
}
