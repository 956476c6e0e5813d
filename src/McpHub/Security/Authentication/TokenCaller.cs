using System.Globalization;
using McpHub.Pipeline;

namespace McpHub.Security.Authentication;

/// <summary>The caller that a token is for.</summary>
internal static class TokenCaller
{
    /// <returns>The caller; <see langword="null"/> if the token names neither a subject nor a client.</returns>
    public static Caller? From(TokenClaims claims, string rolesClaim)
    {
        var subject = claims.First("sub");
        var client = claims.First("client_id") is { Length: > 0 } id ? id : claims.First("azp");
        if (subject.Length + client.Length == 0)
        {
            return null;
        }

        // The length keeps apart what runs together; a program without a subject is nobody's namesake.
        var kind = subject.Length > 0 ? "token" : "client";
        var name = subject.Length > 0 ? subject : client;
        return new Caller
        {
            Key = string.Create(CultureInfo.InvariantCulture, $"{kind}|{claims.Issuer.Length}|{claims.Issuer}|{name}"),
            Subject = name,
            Issuer = claims.Issuer,
            Client = client,
            Roles = claims.All.GetValueOrDefault(rolesClaim, []),
            Scopes = ScopesOf(claims),
            Claims = claims.All,
        };
    }

    /// <summary>Scopes stand in one string with spaces between (RFC 9068, section 2.2.3); some issuers call it <c>scp</c>, or write an array.</summary>
    private static string[] ScopesOf(TokenClaims claims) =>
    [
        .. claims.All.GetValueOrDefault("scope", []).Concat(claims.All.GetValueOrDefault("scp", []))
            .SelectMany(text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Distinct(StringComparer.Ordinal),
    ];
}
