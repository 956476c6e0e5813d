using System.Globalization;
using System.Text.Json;
using McpHub.Protocol;

namespace McpHub.Security.Authentication;

/// <summary>The claims of a token, each of the type that its specification gives it.</summary>
internal sealed class TokenClaims
{
    // What is said of the token and not of its subject.
    private static readonly string[] OfTheToken = ["iss", "aud", "exp", "nbf", "iat", "jti"];

    // Claims within claims, such as realm_access.roles; deeper ones are left out.
    private const int MaxDepth = 3;

    private readonly Dictionary<string, IReadOnlyList<string>> _all = new(StringComparer.Ordinal);

    private TokenClaims(string issuer, IReadOnlyList<string> audiences, DateTimeOffset expires, DateTimeOffset? notBefore)
    {
        Issuer = issuer;
        Audiences = audiences;
        Expires = expires;
        NotBefore = notBefore;
    }

    public string Issuer { get; }

    public IReadOnlyList<string> Audiences { get; }

    public DateTimeOffset Expires { get; }

    /// <summary>The later of <c>nbf</c> and <c>iat</c>: a token of the future is as wrong in the one as in the other.</summary>
    public DateTimeOffset? NotBefore { get; }

    /// <summary>The others by name, as text; those of objects under the path with dots.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> All => _all;

    /// <summary>The first value of a claim; empty if it isn't there.</summary>
    public string First(string name) => _all.TryGetValue(name, out var values) && values.Count > 0 ? values[0] : "";

    public static CredentialFault TryRead(JsonElement payload, out TokenClaims? claims)
    {
        claims = null;
        if (payload.TryGetProperty("cnf", out _))
        {
            return CredentialFault.SenderConstrained;
        }

        if (payload.Text("iss") is not { Length: > 0 } issuer
            || ReadAudiences(payload) is not { } audiences
            || !TryReadTime(payload, "exp", out var expires) || expires is null
            || !TryReadTime(payload, "nbf", out var notBefore)
            || !TryReadTime(payload, "iat", out var issuedAt)
            || (payload.TryGetProperty("sub", out var subject) && subject.ValueKind != JsonValueKind.String))
        {
            return CredentialFault.Claims;
        }

        claims = new TokenClaims(issuer, audiences, expires.Value, notBefore > issuedAt || issuedAt is null ? notBefore : issuedAt);
        foreach (var claim in payload.EnumerateObject())
        {
            if (!OfTheToken.Contains(claim.Name, StringComparer.Ordinal))
            {
                claims.Add(claim.Name, claim.Value, depth: 1);
            }
        }

        return CredentialFault.None;
    }

    private void Add(string name, JsonElement value, int depth)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            if (depth < MaxDepth)
            {
                foreach (var inner in value.EnumerateObject())
                {
                    Add($"{name}.{inner.Name}", inner.Value, depth + 1);
                }
            }
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            _all.TryAdd(name, [.. value.EnumerateArray().Select(Scalar).OfType<string>()]);
        }
        else if (Scalar(value) is { } text)
        {
            _all.TryAdd(name, [text]);
        }
    }

    private static string? Scalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => null,
    };

    /// <summary>One string or an array of strings, and never none (RFC 7519, section 4.1.3).</summary>
    private static string[]? ReadAudiences(JsonElement payload)
    {
        if (!payload.TryGetProperty("aud", out var audience))
        {
            return null;
        }

        if (audience.ValueKind == JsonValueKind.String)
        {
            return [audience.GetString()!];
        }

        return audience.ValueKind == JsonValueKind.Array && audience.GetArrayLength() > 0
            && audience.EnumerateArray().All(a => a.ValueKind == JsonValueKind.String)
                ? [.. audience.EnumerateArray().Select(a => a.GetString()!)]
                : null;
    }

    /// <summary>A NumericDate: seconds, perhaps with a fraction (RFC 7519, section 2).</summary>
    private static bool TryReadTime(JsonElement payload, string name, out DateTimeOffset? time)
    {
        time = null;
        if (!payload.TryGetProperty(name, out var value))
        {
            return true;
        }

        if (value.ValueKind != JsonValueKind.Number
            || !double.TryParse(value.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            || seconds is not (>= 0 and < 253_402_300_799))
        {
            return false;
        }

        time = DateTimeOffset.UnixEpoch.AddSeconds(seconds);
        return true;
    }
}
