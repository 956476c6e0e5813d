using System.Text.Json;
using McpHub.Configuration;
using McpHub.Security.Authentication;

namespace McpHub.Tests.Configuration;

public sealed class AuthConfigurationTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public static TheoryData<string, string, string> Mistakes { get; } = new()
    {
        { """{ "issuers": [{}] }""", ".issuers[0]", "has no issuer" },
        { """{ "issuers": {} }""", ".issuers", "is an object where an array of objects belongs" },
        { """{ "issuers": ["https://a"] }""", ".issuers[0]", "is a string where an object belongs" },
        { """{ "issuers": [{ "issuer": "a" }] }""", ".issuers[0].issuer", "is not an absolute http or https URL" },
        { """{ "issuers": [{ "issuer": "http://a.example" }] }""", ".issuers[0].issuer", "is not https" },
        { """{ "issuers": [{ "issuer": "a", "jwks": "http://a.example/keys" }] }""", ".issuers[0].jwks", "is not https" },
        { """{ "issuers": [{ "issuer": "a", "key": "secret" }] }""", ".issuers[0].key", "*** is not a key in PEM" },
        { """{ "issuers": [{ "issuer": "https://a", "algorithms": [] }] }""", ".issuers[0].algorithms", "is empty" },
        { """{ "issuers": [{ "issuer": "https://a", "algorithms": ["HS256"] }] }""", ".issuers[0].algorithms[0]", "is not an algorithm that is accepted" },
        { """{ "issuers": [{ "issuer": "https://a", "algorithms": ["none"] }] }""", ".issuers[0].algorithms[0]", "is not an algorithm that is accepted" },
        { """{ "issuers": [{ "issuer": "https://a" }, { "issuer": "https://a" }] }""", ".issuers", "two entries of the same issuer" },
        { """{ "apiKeys": [{ "name": "a" }] }""", ".apiKeys[0]", "lacks a name or a hash" },
        { """{ "apiKeys": [{ "name": "a", "hash": "mhk_the-key-itself" }] }""", ".apiKeys[0].hash", "*** is not the SHA-256 of a key" },
        { """{ "apiKeys": [], "apiKeyPrefix": "k" }""", ".apiKeyPrefix", "is not 3 to 32" },
        { """{ "apiKeys": [], "scopes": ["a b"] }""", ".scopes[0]", "is not a scope" },
        { """{ "apiKeys": [], "scopes": ["a\""] }""", ".scopes[0]", "is not a scope" },
        { """{ "apiKeys": [], "clockSkew": "6m" }""", ".clockSkew", "Write a value from 0s to 5m" },
        { """{ "apiKeys": [], "keyRefresh": "1s" }""", ".keyRefresh", "Write a value from 1m to 24h" },
        { """{ "apiKeys": [], "rememberedTokens": 1 }""", ".rememberedTokens", "16 to 1000000" },
        { """{ "apiKeys": [], "resource": "gw.example.com" }""", ".resource", "is not an absolute" },
        { """{ "apiKeys": [], "resource": "https://gw.example.com/mcp?x=1" }""", ".resource", "holds more than" },
        { """{ "apiKeys": [], "resource": "https://gw.example.com/mcp#x" }""", ".resource", "has a fragment" },
        { """{ "apiKeys": [], "resource": "https://gw.example.com/m\"cp" }""", ".resource", "may not have" },
        { """{ "stdio": { "roles": ["admin"] } }""", ".stdio", "has no subject" },
        { """{ "stdio": { "subject": "" } }""", ".stdio.subject", "is empty" },
        { "{}", "", "names nobody" },
        { """{ "issuer": [] }""", ".issuer", "Did you mean issuers?" },
    };

    public static TheoryData<string, string, bool> Addresses { get; } = new()
    {
        { "http://0.0.0.0:80", "{}", false },
        { "http://10.0.0.1:80", "{}", false },
        { "http://10.0.0.1:80", """{ "issuers": [{ "issuer": "https://a" }] }""", true },
        { "http://10.0.0.1:80", """{ "stdio": { "subject": "me" } }""", false },
        { "http://0.0.0.0:80", """{ "issuers": [{ "issuer": "https://a" }] }""", false },
        { "http://[::]:80", """{ "issuers": [{ "issuer": "https://a" }] }""", false },
        { "http://0.0.0.0:80", """{ "issuers": [{ "issuer": "https://a" }], "resource": "https://gw.example.com/mcp" }""", true },
        { "http://0.0.0.0:80", """{ "apiKeys": [{ "name": "a", "hash": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae" }] }""", true },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Mistake_IsReportedWithItsPlace(string auth, string path, string said)
    {
        var result = _folder.Read($$"""{ "gateway": { "auth": {{auth}} } }""");

        Assert.Contains(result.Issues, issue => issue.Path == "$.gateway.auth" + path && issue.ToString().Contains(said, StringComparison.Ordinal));
        Assert.DoesNotContain(result.Issues, issue => issue.ToString().Contains("the-key-itself", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Addresses))]
    public void Address_MayBeRemote_WithAuthentication(string url, string auth, bool isGood)
    {
        var result = _folder.Read($$"""{ "gateway": { "http": { "url": "{{url}}" }, "auth": {{auth}} } }""");

        Assert.Equal(isGood, result.Config is not null);
        Assert.True(isGood || result.Issues.Any(issue => issue.Path == "$.gateway.http.url"));
    }

    [Fact]
    public void Section_ReadsWhole()
    {
        _folder.Write("key.pem", VerificationKey.NewPem());
        var auth = _folder.ReadGateway("""
            { "auth": {
                "issuers": [{ "issuer": "dev", "key": "${file:key.pem}" }, { "issuer": "https://a", "jwks": "https://b/keys", "algorithms": ["ES256"], "rolesClaim": "r" }],
                "stdio": { "subject": "me", "roles": ["admin"], "scopes": ["s"] } } }
            """).Auth;

        Assert.StartsWith("-----BEGIN", auth.Issuers[0].Key, StringComparison.Ordinal);
        Assert.Equal(("https://b/keys", "r"), (auth.Issuers[1].Jwks!.AbsoluteUri, auth.Issuers[1].RolesClaim));
        Assert.Equal(["ES256"], auth.Issuers[1].Algorithms);
        Assert.Equal(("me", "admin", "s"), (auth.Stdio.Subject, auth.Stdio.Roles[0], auth.Stdio.Scopes[0]));
        Assert.True(auth.IsRequired);
    }

    [Fact]
    public void Items_StandInSchemaAndDocumentation()
    {
        using var schema = JsonDocument.Parse(RepositoryFiles.Read("docs", "schema", "mcphub.schema.json"));
        var documentation = RepositoryFiles.Read("docs", "configuration.md");
        foreach (var (type, name) in new[] { (typeof(IssuerConfig), "issuer"), (typeof(ApiKeyConfig), "apiKey") })
        {
            var members = type.GetProperties(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Instance)
                .Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name)).Order(StringComparer.Ordinal).ToArray();

            Assert.Equal(
                members,
                schema.RootElement.GetProperty("$defs").GetProperty(name).GetProperty("properties").EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
            Assert.All(members, member => Assert.Contains($"`{member}`", documentation, StringComparison.Ordinal));
        }
    }
}
