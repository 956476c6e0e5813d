using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace McpHub.Security.Authentication;

/// <summary>
/// A public key of an issuer, and all that the gateway leaves to the token library: keys as JSON, signatures, and issuing. What a
/// token says is read by <see cref="TokenContent"/> and judged by <see cref="TokenCheck"/>, before its signature. Thread-safe.
/// </summary>
internal sealed class VerificationKey
{
    private const int SmallestRsa = 2048;

    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    // One of its own for each key. The library's cache tells keys apart by the names that issuers give them: of two issuers with a
    // "key-1", one would be believed by the other's key.
    private static readonly CryptoProviderFactory Uncached = new() { CacheSignatureProviders = false };

    private readonly Lock _lock = new();
    private readonly Dictionary<string, SignatureProvider> _verifiers = new(StringComparer.Ordinal);
    private readonly AsymmetricSecurityKey _key;
    private readonly string? _onlyAlgorithm;
    private readonly string _family;

    private VerificationKey(AsymmetricSecurityKey key, string family, string? keyId, string? onlyAlgorithm, string thumbprint)
    {
        _key = key;
        _family = family;
        _onlyAlgorithm = onlyAlgorithm;
        KeyId = keyId;
        Thumbprint = thumbprint;
        key.KeyId = keyId;
        key.CryptoProviderFactory = Uncached;
    }

    /// <summary>The name that tokens give it; <see langword="null"/> if the issuer doesn't name its keys.</summary>
    public string? KeyId { get; }

    /// <summary>What tells keys apart, whatever they are called.</summary>
    public string Thumbprint { get; }

    /// <summary>Whether tokens can be signed with it.</summary>
    public bool CanSign { get; private init; }

    /// <summary>The algorithm to sign with.</summary>
    public string SigningAlgorithm => _family == "RSA" ? "RS256" : _family;

    /// <summary>Reads a key in PEM, public or private.</summary>
    /// <param name="reason">What is wrong with it: the rest of a sentence that begins with the key.</param>
    public static bool TryReadPem(string pem, out VerificationKey? key, out string? reason)
    {
        key = null;
        try
        {
            using var rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            if (rsa.KeySize < SmallestRsa)
            {
                reason = $"is an RSA key of {rsa.KeySize} bits, which is too weak";
                return false;
            }

            var isPrivate = IsPrivate(rsa);
            var name = NameOf(rsa.ExportSubjectPublicKeyInfo());
            key = new VerificationKey(new RsaSecurityKey(rsa.ExportParameters(isPrivate)), "RSA", name, null, name) { CanSign = isPrivate };
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            // Not RSA; perhaps the other kind.
        }

        reason = null;
        return key is not null || TryReadEcPem(pem, out key, out reason);
    }

    /// <summary>Reads a JSON Web Key Set (RFC 7517). Keys that are not for signatures, too weak or of a kind that is not accepted are left out.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static IReadOnlyList<VerificationKey> ReadSet(string json)
    {
        try
        {
            return [.. new JsonWebKeySet(json).Keys.Select(Read).OfType<VerificationKey>()];
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // What the library throws for nonsense differs from version to version.
            throw new FormatException("It is not a JSON Web Key Set.", e);
        }
    }

    /// <summary>Makes a key pair for development.</summary>
    /// <returns>The private key in PEM.</returns>
    public static string NewPem()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKeyPem();
    }

    /// <summary>Whether signatures of this algorithm can be made with the key: an algorithm never makes something else of a key.</summary>
    public bool Suits(string algorithm) =>
        (_onlyAlgorithm is null || string.Equals(_onlyAlgorithm, algorithm, StringComparison.Ordinal))
        && (_family == "RSA" ? algorithm.StartsWith("RS", StringComparison.Ordinal) || algorithm.StartsWith("PS", StringComparison.Ordinal) : algorithm == _family);

    /// <summary>Whether the token was signed with this key.</summary>
    /// <param name="token">A token that has passed <see cref="TokenContent.TryRead"/>.</param>
    /// <param name="algorithm">Its algorithm, which <see cref="Suits"/> the key.</param>
    public bool Verifies(string token, string algorithm)
    {
        var end = token.LastIndexOf('.');
        try
        {
            var signature = Base64Url.DecodeFromChars(token.AsSpan(end + 1));
            var input = Encoding.ASCII.GetBytes(token[..end]);

            // The platform's key objects don't promise to serve several threads.
            lock (_lock)
            {
                if (!_verifiers.TryGetValue(algorithm, out var verifier))
                {
                    _verifiers[algorithm] = verifier = Uncached.CreateForVerifying(_key, algorithm);
                }

                return verifier.Verify(input, signature);
            }
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            // No signature at all, or none that could be one of such a key.
            return false;
        }
    }

    /// <summary>Signs a token.</summary>
    /// <param name="payload">Its claims, a JSON object.</param>
    /// <exception cref="InvalidOperationException">The private half is not there.</exception>
    public string Sign(string payload) => CanSign
        ? Handler.CreateToken(payload, new SigningCredentials(_key, SigningAlgorithm))
        : throw new InvalidOperationException("The key is a public one.");

    private static bool TryReadEcPem(string pem, out VerificationKey? key, out string? reason)
    {
        key = null;
        reason = "is not a key in PEM";
        try
        {
            var ec = ECDsa.Create();
            ec.ImportFromPem(pem);
            if (FamilyOf(ec.KeySize, ec.ExportParameters(false).Curve.Oid) is not { } family)
            {
                reason = "is an EC key of a curve that is not accepted";
                return false;
            }

            var name = NameOf(ec.ExportSubjectPublicKeyInfo());
            key = new VerificationKey(new ECDsaSecurityKey(ec), family, name, null, name) { CanSign = IsPrivate(ec) };
            return true;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return false;
        }
    }

    private static VerificationKey? Read(JsonWebKey json)
    {
        if ((json.Use is { Length: > 0 } use && use != "sig") || (json.KeyOps.Count > 0 && !json.KeyOps.Contains("verify")))
        {
            return null;
        }

        try
        {
            return json.Kty switch
            {
                "RSA" => ReadRsa(json),
                "EC" => ReadEc(json),

                // A symmetric key that is fetched is no secret.
                _ => null,
            };
        }
        catch (Exception e) when (e is CryptographicException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    private static VerificationKey? ReadRsa(JsonWebKey json)
    {
        var parameters = new RSAParameters { Modulus = Base64UrlEncoder.DecodeBytes(json.N), Exponent = Base64UrlEncoder.DecodeBytes(json.E) };
        using var rsa = RSA.Create(parameters);
        return rsa.KeySize < SmallestRsa
            ? null
            : new VerificationKey(new RsaSecurityKey(parameters), "RSA", json.Kid, json.Alg, NameOf(rsa.ExportSubjectPublicKeyInfo()));
    }

    private static VerificationKey? ReadEc(JsonWebKey json)
    {
        var (curve, family) = json.Crv switch
        {
            "P-256" => (ECCurve.NamedCurves.nistP256, "ES256"),
            "P-384" => (ECCurve.NamedCurves.nistP384, "ES384"),
            "P-521" => (ECCurve.NamedCurves.nistP521, "ES512"),
            _ => (default, ""),
        };
        if (family.Length == 0)
        {
            return null;
        }

        var point = new ECPoint { X = Base64UrlEncoder.DecodeBytes(json.X), Y = Base64UrlEncoder.DecodeBytes(json.Y) };
        var ec = ECDsa.Create(new ECParameters { Curve = curve, Q = point });
        return new VerificationKey(new ECDsaSecurityKey(ec), family, json.Kid, json.Alg, NameOf(ec.ExportSubjectPublicKeyInfo()));
    }

    private static string? FamilyOf(int bits, Oid curve) => (bits, curve.Value ?? curve.FriendlyName) switch
    {
        (256, "1.2.840.10045.3.1.7" or "nistP256" or "ECDSA_P256") => "ES256",
        (384, "1.3.132.0.34" or "nistP384" or "ECDSA_P384") => "ES384",
        (521, "1.3.132.0.35" or "nistP521" or "ECDSA_P521") => "ES512",
        _ => null,
    };

    private static bool IsPrivate(AsymmetricAlgorithm key)
    {
        try
        {
            key.ExportPkcs8PrivateKey();
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static string NameOf(byte[] publicKey) => Base64UrlEncoder.Encode(SHA256.HashData(publicKey));
}
