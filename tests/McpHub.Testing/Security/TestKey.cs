using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace McpHub.Testing.Security;

/// <summary>A key pair of a <see cref="TestIssuer"/>, and tokens signed with it by hand: no library refuses to write what it should not.</summary>
internal sealed class TestKey : IDisposable
{
    private readonly RSA? _rsa;
    private readonly ECDsa? _ec;

    private TestKey(string keyId, RSA? rsa, ECDsa? ec)
    {
        KeyId = keyId;
        _rsa = rsa;
        _ec = ec;
    }

    public string KeyId { get; }

    public string Algorithm => _rsa is null ? "ES256" : "RS256";

    public static TestKey Rsa(string keyId, int bits = 2048) => new(keyId, RSA.Create(bits), null);

    public static TestKey Ec(string keyId) => new(keyId, null, ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>The public half as a JSON Web Key.</summary>
    public string Jwk(string more = "")
    {
        if (_rsa is not null)
        {
            var p = _rsa.ExportParameters(false);
            return $$"""{"kty":"RSA","kid":"{{KeyId}}","n":"{{Encode(p.Modulus!)}}","e":"{{Encode(p.Exponent!)}}"{{more}}}""";
        }

        var q = _ec!.ExportParameters(false).Q;
        return $$"""{"kty":"EC","crv":"P-256","kid":"{{KeyId}}","x":"{{Encode(q.X!)}}","y":"{{Encode(q.Y!)}}"{{more}}}""";
    }

    /// <summary>The public half in PEM, which is what confusions of algorithms use as a secret.</summary>
    public string PublicPem => _rsa?.ExportSubjectPublicKeyInfoPem() ?? _ec!.ExportSubjectPublicKeyInfoPem();

    /// <summary>The private half in PEM.</summary>
    public string PrivatePem => _rsa?.ExportPkcs8PrivateKeyPem() ?? _ec!.ExportPkcs8PrivateKeyPem();

    public string Header(string more = "") => $$"""{"alg":"{{Algorithm}}","kid":"{{KeyId}}","typ":"at+jwt"{{more}}}""";

    public string Sign(string header, string payload) => Compact(header, payload, Signature);

    public byte[] Signature(byte[] input) => _rsa?.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) ?? _ec!.SignData(input, HashAlgorithmName.SHA256);

    /// <summary>Puts a token together, with whatever for a signature.</summary>
    public static string Compact(string header, string payload, Func<byte[], byte[]> sign)
    {
        var input = Encode(Encoding.UTF8.GetBytes(header)) + "." + Encode(Encoding.UTF8.GetBytes(payload));
        return input + "." + Encode(sign(Encoding.ASCII.GetBytes(input)));
    }

    public static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);

    public void Dispose()
    {
        _rsa?.Dispose();
        _ec?.Dispose();
    }
}
