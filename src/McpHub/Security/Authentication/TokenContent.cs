using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using McpHub.Protocol;

namespace McpHub.Security.Authentication;

/// <summary>
/// What stands in a signed token (RFC 7515, compact form; RFC 7519). Read strictly, so that no two readers could see different
/// things in it; whether it is true is another question.
/// </summary>
internal sealed class TokenContent
{
    /// <summary>The longest token that is looked at, in characters. Web servers take headers of 32 KB, all together.</summary>
    public const int MaxLength = 16 * 1024;

    private static readonly SearchValues<char> Alphabet =
        SearchValues.Create("-_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>Of a token of any use there may be one for access only; what says that it is something else, is.</summary>
    private static readonly string[] Types = ["JWT", "at+jwt", "application/at+jwt", "application/jwt"];

    private TokenContent(string algorithm, string? keyId, TokenClaims claims)
    {
        Algorithm = algorithm;
        KeyId = keyId;
        Claims = claims;
    }

    /// <summary>The algorithm, one of <see cref="Configuration.IssuerConfig.AllAlgorithms"/>.</summary>
    public string Algorithm { get; }

    public string? KeyId { get; }

    public TokenClaims Claims { get; }

    public static CredentialFault TryRead(string token, out TokenContent? content)
    {
        content = null;
        if (token.Length > MaxLength)
        {
            return CredentialFault.TooLong;
        }

        var dots = token.AsSpan().Count('.');
        if (dots != 2)
        {
            return dots == 4 ? CredentialFault.Encrypted : CredentialFault.Malformed;
        }

        var first = token.IndexOf('.', StringComparison.Ordinal);
        var second = token.LastIndexOf('.');
        using var header = Decode(token.AsSpan(0, first));
        if (header is null)
        {
            return CredentialFault.Malformed;
        }

        // The algorithm before anything else (RFC 8725, section 3.1).
        var fault = ReadHeader(header.RootElement, out var algorithm, out var keyId);
        if (fault != CredentialFault.None)
        {
            return fault;
        }

        using var payload = Decode(token.AsSpan(first + 1, second - first - 1));
        var signature = token.AsSpan(second + 1);
        if (payload is null || signature.IsEmpty || signature.ContainsAnyExcept(Alphabet))
        {
            return CredentialFault.Malformed;
        }

        fault = TokenClaims.TryRead(payload.RootElement, out var claims);
        content = fault == CredentialFault.None ? new TokenContent(algorithm, keyId, claims!) : null;
        return fault;
    }

    private static CredentialFault ReadHeader(JsonElement header, out string algorithm, out string? keyId)
    {
        algorithm = header.Text("alg") ?? "";
        keyId = header.Text("kid");
        if (header.TryGetProperty("enc", out _))
        {
            return CredentialFault.Encrypted;
        }

        if (!Configuration.IssuerConfig.AllAlgorithms.Contains(algorithm, StringComparer.Ordinal))
        {
            return CredentialFault.Algorithm;
        }

        // jwk, jku, x5u and x5c are never looked at: the issuer's keys come from the configuration.
        var isUnderstood = !header.TryGetProperty("crit", out _) && !header.TryGetProperty("b64", out _) && !header.TryGetProperty("zip", out _)
            && (!header.TryGetProperty("typ", out var type)
                || (type.ValueKind == JsonValueKind.String && Types.Contains(type.GetString(), StringComparer.OrdinalIgnoreCase)));
        return !isUnderstood || (keyId is null && header.TryGetProperty("kid", out _)) ? CredentialFault.Header : CredentialFault.None;
    }

    /// <summary>Decodes a part to a JSON object. Strictly: no padding, no white space, nothing beside the alphabet.</summary>
    private static JsonDocument? Decode(ReadOnlySpan<char> part)
    {
        if (part.IsEmpty || part.ContainsAnyExcept(Alphabet))
        {
            return null;
        }

        try
        {
            var document = JsonDocument.Parse(Base64Url.DecodeFromChars(part), Strict);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            return null;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return null;
        }
    }
}
