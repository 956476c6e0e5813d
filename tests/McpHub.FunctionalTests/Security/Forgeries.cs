using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using McpHub.Testing.Security;

namespace McpHub.FunctionalTests.Security;

/// <summary>Ways to come in without a good token. Each begins with a good one, or with what the issuer publishes.</summary>
internal static class Forgeries
{
    /// <summary>Published, and too short.</summary>
    public static TestKey Weak { get; } = TestKey.Rsa("weak-1", 1024);

    /// <summary>Published for another use.</summary>
    public static TestKey Encryption { get; } = TestKey.Rsa("enc-1");

    public static IReadOnlyDictionary<string, Func<TestIssuer, ForgedToken>> All { get; } = new Dictionary<string, Func<TestIssuer, ForgedToken>>
    {
        // No signature.
        ["alg none"] = i => Unsigned(i, "none"),
        ["alg None"] = i => Unsigned(i, "None"),
        ["alg NONE"] = i => Unsigned(i, "NONE"),
        ["alg nOnE"] = i => Unsigned(i, "nOnE"),
        ["alg none with a blank"] = i => Unsigned(i, "none "),
        ["alg empty"] = i => Unsigned(i, ""),
        ["alg none with the good signature"] = i => WithHeader(i, """{"alg":"none","typ":"JWT"}""") + Signature(i),
        ["alg missing"] = i => Sign(i, """{"typ":"JWT","kid":"key-1"}"""),
        ["alg a number"] = i => Sign(i, """{"alg":256,"kid":"key-1"}"""),
        ["alg an array"] = i => Sign(i, """{"alg":["RS256"],"kid":"key-1"}"""),
        ["alg twice"] = i => Sign(i, """{"alg":"none","alg":"RS256","kid":"key-1"}"""),
        ["signature cut off"] = i => i.Token()[..i.Token().LastIndexOf('.')] + ".",
        ["signature and dot cut off"] = i => i.Token()[..i.Token().LastIndexOf('.')],
        ["signature of zeros"] = i => TestKey.Compact(i.Key.Header(), i.Claims().ToJsonString(), _ => new byte[256]),

        // The public key as a secret.
        ["HS256 with the public key in PEM"] = i => Hmac(i, Encoding.UTF8.GetBytes(i.Key.PublicPem)),
        ["HS256 with the public key in PEM and a line break"] = i => Hmac(i, Encoding.UTF8.GetBytes(i.Key.PublicPem + "\n")),
        ["HS256 with the key as published"] = i => Hmac(i, Encoding.UTF8.GetBytes(i.Published[0])),
        ["HS256 with an empty secret"] = i => Hmac(i, []),
        ["HS256 with the key that a careless issuer published"] = i => Hmac(i, Encoding.UTF8.GetBytes("a secret that is none any more!!"), "oct-1"),
        ["HS512 by name, RSA by signature"] = i => Sign(i, """{"alg":"HS512","kid":"key-1"}"""),
        ["rs256 in small letters"] = i => Sign(i, """{"alg":"rs256","kid":"key-1"}"""),
        ["ES256 with an RSA key"] = i => Sign(i, """{"alg":"ES256","kid":"key-1"}"""),
        ["PS256 with a PKCS1 signature"] = i => Sign(i, """{"alg":"PS256","kid":"key-1"}"""),
        ["ES256 of zeros"] = i => TestKey.Compact("""{"alg":"ES256","kid":"ec-1"}""", i.Claims().ToJsonString(), _ => new byte[64]),
        ["EdDSA"] = i => Sign(i, """{"alg":"EdDSA","kid":"key-1"}"""),

        // Other keys.
        ["another key under the right name"] = i => Other(i, k => k.Header().Replace("other", "key-1", StringComparison.Ordinal)),
        ["another key under its own name"] = i => Other(i, k => k.Header()),
        ["another key without a name"] = i => Other(i, _ => """{"alg":"RS256"}"""),
        ["another key in jwk"] = i => Other(i, k => k.Header($",\"jwk\":{k.Jwk()}")),
        ["another key in jwk under the right name"] = i => Other(i, k => $$"""{"alg":"RS256","kid":"key-1","jwk":{{k.Jwk()}}}"""),
        ["another key at jku"] = i => Other(i, k => k.Header($",\"jku\":\"{i.Issuer}/stray-keys\"")),
        ["another key at x5u"] = i => Other(i, k => k.Header($",\"x5u\":\"{i.Issuer}/stray-certificate\"")),
        ["another key in x5c"] = i => Other(i, k => k.Header($",\"x5c\":[\"{Certificate()}\"]")),
        ["kid of a file"] = i => Sign(i, """{"alg":"RS256","kid":"../../../../dev/null"}"""),
        ["kid a number"] = i => Sign(i, """{"alg":"RS256","kid":1}"""),
        ["a weak key that is published"] = i => Weak.Sign(Weak.Header(), i.Claims().ToJsonString()),
        ["a key that is published for encryption"] = i => Encryption.Sign(Encryption.Header(), i.Claims().ToJsonString()),

        // Changed on the way.
        ["another subject"] = i => Tampered(i, c => c["sub"] = "root"),
        ["more scopes"] = i => Tampered(i, c => c["scope"] = "mcp:use admin"),
        ["a later end"] = i => Tampered(i, c => c["exp"] = i.Seconds(TimeSpan.FromDays(365))),
        ["one character of the signature"] = i => Flip(i.Token(), 20),
        ["one character of the claims"] = i => FlipClaims(i.Token()),
        ["truncated"] = i => i.Token()[..^10],
        ["something behind"] = i => i.Token() + "AAAA",
        ["a byte behind the signature"] = i => i.Token() + "A",

        // Good signatures, wrong claims.
        ["expired"] = i => Claims(i, c => c["exp"] = i.Seconds(TimeSpan.FromMinutes(-10))),
        ["without an end"] = i => Claims(i, c => c.Remove("exp")),
        ["an end as text"] = i => Claims(i, c => c["exp"] = "9999999999"),
        ["an end that is no time"] = i => Claims(i, c => c["exp"] = 1e300),
        ["a negative end"] = i => Claims(i, c => c["exp"] = -1),
        ["not yet good"] = i => Claims(i, c => c["nbf"] = i.Seconds(TimeSpan.FromMinutes(10))),
        ["issued in the future"] = i => Claims(i, c => c["iat"] = i.Seconds(TimeSpan.FromMinutes(10))),
        ["nbf as text"] = i => Claims(i, c => c["nbf"] = "0"),
        ["another audience"] = i => Claims(i, c => c["aud"] = "https://other.example.com/mcp"),
        ["several other audiences"] = i => Claims(i, c => c["aud"] = new JsonArray("https://other.example.com/mcp", "https://gw.example.com")),
        ["the audience of a server"] = i => Claims(i, c => c["aud"] = TestIssuer.Resource + "/files"),
        ["an audience that begins like ours"] = i => Claims(i, c => c["aud"] = TestIssuer.Resource + ".evil.example"),
        ["an audience that resolves to ours"] = i => Claims(i, c => c["aud"] = "https://gw.example.com/x/../mcp"),
        ["no audience"] = i => Claims(i, c => c.Remove("aud")),
        ["an empty list of audiences"] = i => Claims(i, c => c["aud"] = new JsonArray()),
        ["an audience that is an object"] = i => Claims(i, c => c["aud"] = new JsonObject { ["0"] = TestIssuer.Resource }),
        ["an audience among numbers"] = i => Claims(i, c => c["aud"] = new JsonArray(TestIssuer.Resource, 1)),
        ["another issuer"] = i => Claims(i, c => c["iss"] = "https://evil.example.com"),
        ["the issuer with a slash"] = i => Claims(i, c => c["iss"] = i.Issuer + "/"),
        ["no issuer"] = i => Claims(i, c => c.Remove("iss")),
        ["an issuer that is a list"] = i => Claims(i, c => c["iss"] = new JsonArray(i.Issuer)),
        ["neither subject nor client"] = i => Claims(i, c => { c.Remove("sub"); c.Remove("client_id"); }),
        ["a subject that is an object"] = i => Claims(i, c => c["sub"] = new JsonObject()),
        ["bound to a key of the sender"] = i => Claims(i, c => c["cnf"] = new JsonObject { ["jkt"] = "x" }),
        ["claims twice"] = i => i.Key.Sign(i.Key.Header(), i.Claims().ToJsonString()[..^1] + ",\"sub\":\"root\"}"),
        ["claims twice, one escaped"] = i => i.Key.Sign(i.Key.Header(), i.Claims().ToJsonString()[..^1] + ",\"s\\u0075b\":\"root\"}"),
        ["claims that are a list"] = i => i.Key.Sign(i.Key.Header(), "[" + i.Claims().ToJsonString() + "]"),
        ["claims that are no JSON"] = i => i.Key.Sign(i.Key.Header(), i.Claims().ToJsonString()[..^1]),
        ["claims with something behind"] = i => i.Key.Sign(i.Key.Header(), i.Claims().ToJsonString() + "{}"),
        ["claims with a comment"] = i => i.Key.Sign(i.Key.Header(), "/**/" + i.Claims().ToJsonString()),

        // Headers that ask for something.
        ["crit"] = i => i.Sign(i.Claims(), ",\"crit\":[\"exp\"]"),
        ["crit empty"] = i => i.Sign(i.Claims(), ",\"crit\":[]"),
        ["b64 false"] = i => i.Sign(i.Claims(), ",\"b64\":false"),
        ["zip"] = i => i.Sign(i.Claims(), ",\"zip\":\"DEF\""),
        ["enc"] = i => i.Sign(i.Claims(), ",\"enc\":\"A256GCM\""),
        ["an assertion instead of a token"] = i => Sign(i, """{"alg":"RS256","kid":"key-1","typ":"oauth-id-jag+jwt"}"""),
        ["a proof of possession instead of a token"] = i => Sign(i, """{"alg":"RS256","kid":"key-1","typ":"dpop+jwt"}"""),
        ["header that is a list"] = i => Sign(i, "[]"),

        // Not of this form.
        ["five parts"] = i => i.Token() + ".AAAA.AAAA",
        ["four parts"] = i => i.Token() + ".AAAA",
        ["one part"] = _ => "AAAA",
        ["only dots"] = _ => "..",
        ["empty"] = _ => "",
        ["oversized"] = i => Claims(i, c => c["x"] = new string('x', 20_000)),
        ["padded"] = i => i.Token().Replace(".", "=.", StringComparison.Ordinal),
        ["padded at its end"] = i => i.Token() + "==",
        ["base64 with plus and slash"] = i => "++//" + i.Token(),
        ["a blank within"] = i => i.Token().Insert(10, " "),
        ["a comma and another"] = i => $"{i.Token()},{i.Token()}",
        ["nested"] = i => i.Key.Sign(i.Key.Header(",\"cty\":\"JWT\""), "\"" + i.Token() + "\""),

        // In the wrong place.
        ["no credential"] = _ => new ForgedToken([]),
        ["two Authorization headers"] = i => new ForgedToken([("Authorization", "Bearer " + i.Token()), ("Authorization", "Bearer " + i.Token("bob"))]),
        ["two of the same"] = i => new ForgedToken([("Authorization", "Bearer " + i.Token()), ("Authorization", "Bearer " + i.Token())]),
        ["a token and an API key"] = i => new ForgedToken([("Authorization", "Bearer " + i.Token()), ("X-API-Key", "mhk_x")]),
        ["in the query"] = i => new ForgedToken([], "?access_token=" + i.Token()),
        ["in the query, as the header"] = i => new ForgedToken([], "?authorization=Bearer%20" + i.Token()),
        ["in a cookie"] = i => new ForgedToken([("Cookie", "Authorization=Bearer " + i.Token())]),
        ["in Proxy-Authorization"] = i => new ForgedToken([("Proxy-Authorization", "Bearer " + i.Token())]),
        ["in X-API-Key"] = i => new ForgedToken([("X-API-Key", i.Token())]),
        ["Basic"] = _ => new ForgedToken([("Authorization", "Basic " + Convert.ToBase64String("alice:secret"u8))]),
        ["DPoP"] = i => new ForgedToken([("Authorization", "DPoP " + i.Token())]),
        ["no scheme"] = i => new ForgedToken([("Authorization", i.Token())]),
        ["scheme without a blank"] = i => new ForgedToken([("Authorization", "Bearer" + i.Token())]),
        ["an API key that is made up"] = _ => new ForgedToken([("Authorization", "Bearer mhk_AAAA")]),
        ["an API key in its header that is made up"] = _ => new ForgedToken([("X-API-Key", "mhk_AAAA")]),
        ["an empty API key"] = _ => new ForgedToken([("X-API-Key", "")]),
    };

    private static TestKey Stranger { get; } = TestKey.Rsa("other");

    private static ForgedToken Sign(TestIssuer issuer, string header) => issuer.Key.Sign(header, issuer.Claims().ToJsonString());

    private static ForgedToken Claims(TestIssuer issuer, Action<JsonObject> change)
    {
        var claims = issuer.Claims();
        change(claims);
        return issuer.Sign(claims);
    }

    private static ForgedToken Other(TestIssuer issuer, Func<TestKey, string> header) => Stranger.Sign(header(Stranger), issuer.Claims().ToJsonString());

    private static ForgedToken Unsigned(TestIssuer issuer, string algorithm) =>
        TestKey.Compact($$"""{"alg":"{{algorithm}}","typ":"JWT"}""", issuer.Claims().ToJsonString(), _ => []);

    private static ForgedToken Hmac(TestIssuer issuer, byte[] secret, string keyId = "key-1") => TestKey.Compact(
        $$"""{"alg":"HS256","kid":"{{keyId}}","typ":"JWT"}""", issuer.Claims().ToJsonString(), input => HMACSHA256.HashData(secret, input));

    /// <summary>Other claims before the signature of the good ones.</summary>
    private static ForgedToken Tampered(TestIssuer issuer, Action<JsonObject> change)
    {
        var good = issuer.Token().Split('.');
        var claims = issuer.Claims();
        change(claims);
        return $"{good[0]}.{TestKey.Encode(Encoding.UTF8.GetBytes(claims.ToJsonString()))}.{good[2]}";
    }

    private static string WithHeader(TestIssuer issuer, string header) =>
        TestKey.Encode(Encoding.UTF8.GetBytes(header)) + "." + issuer.Token().Split('.')[1] + ".";

    private static string Signature(TestIssuer issuer) => issuer.Token().Split('.')[2];

    private static ForgedToken Flip(string token, int fromEnd) => Flipped(token, token.Length - fromEnd);

    private static ForgedToken FlipClaims(string token) => Flipped(token, token.IndexOf('.', StringComparison.Ordinal) + 30);

    private static string Flipped(string token, int at) => token[..at] + (token[at] == 'A' ? 'B' : 'A') + token[(at + 1)..];

    private static string Certificate()
    {
        using var key = RSA.Create(2048);
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=evil", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return Convert.ToBase64String(certificate.RawData);
    }
}
