using System.Security.Cryptography;
using McpHub.Security.Authentication;

namespace McpHub.Tests.Security;

public sealed class VerificationKeyTests
{
    private const string Payload = """{"iss":"i","sub":"s","aud":"a","exp":4102444800}""";

    public static TheoryData<string> Private { get; } = [Pem(RSA.Create(2048)), Pem(Ec(256)), Pem(Ec(384)), Pem(Ec(521))];

    [Theory]
    [MemberData(nameof(Private))]
    public void Key_VerifiesWhatItsPrivateHalfHasSigned_AndNothingElse(string pem)
    {
        Assert.True(VerificationKey.TryReadPem(pem, out var signing, out _));
        Assert.True(VerificationKey.TryReadPem(PublicOf(pem), out var key, out _));
        Assert.True(VerificationKey.TryReadPem(VerificationKey.NewPem(), out var other, out _));

        var token = signing!.Sign(Payload);

        Assert.Equal((true, false), (signing.CanSign, key!.CanSign));
        Assert.Equal(signing.KeyId, key.KeyId);
        Assert.Equal(CredentialFault.None, TokenContent.TryRead(token, out var content));
        Assert.True(key.Suits(content!.Algorithm));
        Assert.True(key.Verifies(token, content.Algorithm));
        Assert.True(key.Verifies(token, content.Algorithm));
        Assert.False(key.Verifies(token + "A", content.Algorithm));
        Assert.False(key.Verifies(token[..^8], content.Algorithm));
        Assert.False(other!.Suits(content.Algorithm) && other.Verifies(token, content.Algorithm));
        Assert.Throws<InvalidOperationException>(() => key.Sign(Payload));
    }

    [Fact]
    public void Pem_IsRefusedWithTheReason_WhenItIsNoGoodKey()
    {
        Assert.Equal("is an RSA key of 1024 bits, which is too weak", ReasonFor(Pem(RSA.Create(1024))));
        Assert.Equal("is an EC key of a curve that is not accepted", ReasonFor(Pem(ECDsa.Create(ECCurve.CreateFromFriendlyName("secp256k1")))));
        Assert.Equal("is not a key in PEM", ReasonFor("secret"));
        Assert.Equal("is not a key in PEM", ReasonFor(""));
        Assert.Equal("is not a key in PEM", ReasonFor("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("[]")]
    [InlineData("""{"keys":"x"}""")]
    [InlineData("""{"keys":[1]}""")]
    public void Set_IsRefused_WhenItIsNone(string json)
    {
        try
        {
            Assert.Empty(VerificationKey.ReadSet(json));
        }
        catch (FormatException)
        {
            // As good: nothing is taken from it.
        }
    }

    [Fact]
    public void Set_LeavesOutWhatIsNotForSignatures()
    {
        using var rsa = RSA.Create(2048);
        var p = rsa.ExportParameters(false);
        string Jwk(string more) => $$"""{"kty":"RSA","n":"{{Encode(p.Modulus!)}}","e":"{{Encode(p.Exponent!)}}"{{more}}}""";

        var keys = VerificationKey.ReadSet($$"""
            {"keys":[{{Jwk(",\"kid\":\"plain\"")}},{{Jwk(",\"kid\":\"sig\",\"use\":\"sig\",\"alg\":\"PS256\"")}},{{Jwk(",\"kid\":\"enc\",\"use\":\"enc\"")}},
             {{Jwk(",\"kid\":\"ops\",\"key_ops\":[\"encrypt\"]")}},{"kty":"oct","kid":"oct","k":"AAAA"},{"kty":"OKP","crv":"Ed25519","kid":"okp","x":"AAAA"},
             {"kty":"EC","crv":"P-256","kid":"off","x":"AAAA","y":"AAAA"},{"kty":"RSA","kid":"none"}]}
            """);

        Assert.Equal(["plain", "sig"], keys.Select(key => key.KeyId));
        Assert.True(keys[0].Suits("RS256") && keys[0].Suits("PS512") && !keys[0].Suits("ES256") && !keys[0].Suits("HS256"));
        Assert.True(keys[1].Suits("PS256") && !keys[1].Suits("RS256"));
    }

    private static string ReasonFor(string pem)
    {
        Assert.False(VerificationKey.TryReadPem(pem, out var key, out var reason));
        Assert.Null(key);
        return reason!;
    }

    private static ECDsa Ec(int bits) => ECDsa.Create(bits switch
    {
        256 => ECCurve.NamedCurves.nistP256,
        384 => ECCurve.NamedCurves.nistP384,
        _ => ECCurve.NamedCurves.nistP521,
    });

    private static string Pem(AsymmetricAlgorithm key)
    {
        using (key)
        {
            return key.ExportPkcs8PrivateKeyPem();
        }
    }

    private static string PublicOf(string pem)
    {
        try
        {
            using var rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            return rsa.ExportSubjectPublicKeyInfoPem();
        }
        catch (CryptographicException)
        {
            using var ec = ECDsa.Create();
            ec.ImportFromPem(pem);
            return ec.ExportSubjectPublicKeyInfoPem();
        }
    }

    private static string Encode(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
