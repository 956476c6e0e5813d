using McpHub.Configuration;
using McpHub.Security.Authentication;

namespace McpHub.Tests.Security;

public sealed class ResourceTests
{
    [Theory]
    [InlineData("https://gw.example.com/mcp", "https://gw.example.com/mcp")]
    [InlineData("HTTPS://GW.Example.COM/Mcp", "https://gw.example.com/Mcp")]
    [InlineData("https://gw.example.com/mcp/", "https://gw.example.com/mcp")]
    [InlineData("https://gw.example.com/mcp//", "https://gw.example.com/mcp/")]
    [InlineData("https://gw.example.com/", "https://gw.example.com")]
    [InlineData("https://GW.example.com", "https://gw.example.com")]
    [InlineData("https://gw.example.com/x/../mcp", "https://gw.example.com/x/../mcp")]
    [InlineData("https://gw.example.com/%6dcp", "https://gw.example.com/%6dcp")]
    [InlineData("api://gateway", "api://gateway")]
    [InlineData("Gateway/", "Gateway/")]
    [InlineData("", "")]
    public void Canonical_ChangesSchemeHostAndOneSlash(string uri, string canonical) => Assert.Equal(canonical, ResourceUri.Canonical(uri));

    [Theory]
    [InlineData(null, "http://127.0.0.1:8080/mcp", "http://127.0.0.1:8080/.well-known/oauth-protected-resource/mcp")]
    [InlineData("https://gw.example.com/mcp", "https://gw.example.com/mcp", "https://gw.example.com/.well-known/oauth-protected-resource/mcp")]
    [InlineData("https://gw.example.com/", "https://gw.example.com", "https://gw.example.com/.well-known/oauth-protected-resource")]
    [InlineData("https://gw.example.com/team/hub", "https://gw.example.com/team/hub", "https://gw.example.com/.well-known/oauth-protected-resource/team/hub")]
    public void Metadata_LiesBetweenHostAndPath(string? resource, string uri, string metadata)
    {
        var resources = new ProtectedResources(Hub(resource));

        Assert.Equal((uri, metadata), (resources.Root.Uri, resources.Root.MetadataUrl));
        Assert.Equal((uri + "/my_files", metadata + "/my_files"), (resources.Of("MY_files").Uri, resources.Of("my_files").MetadataUrl));
        Assert.Same(resources.Of("my_files"), resources.At(new Uri(uri).AbsolutePath.TrimEnd('/') + "/my_files"));
        Assert.Same(resources.Of("my_files"), resources.At("/mcp/my_files"));
        Assert.Same(resources.Root, resources.At("/mcp"));
        Assert.Same(resources.Root, resources.At(""));
        Assert.Null(resources.At("/mcp/other"));
    }

    [Theory]
    [InlineData("https://as.example.com", "https://as.example.com/.well-known/openid-configuration https://as.example.com/.well-known/oauth-authorization-server")]
    [InlineData("https://as.example.com/", "https://as.example.com/.well-known/openid-configuration https://as.example.com/.well-known/oauth-authorization-server")]
    [InlineData(
        "https://as.example.com/t1",
        "https://as.example.com/t1/.well-known/openid-configuration https://as.example.com/.well-known/oauth-authorization-server/t1 https://as.example.com/.well-known/openid-configuration/t1")]
    public void IssuerMetadata_IsLookedForWhereItMayLie(string issuer, string places) =>
        Assert.Equal(places.Split(' '), KeyFetcher.MetadataOf(issuer).Select(place => place.AbsoluteUri));

    private static HubConfig Hub(string? resource) => new()
    {
        Upstreams = [new UpstreamConfig { Name = "my files", Transport = new StdioTransportConfig { Command = "x" } }],
        Gateway = new GatewayConfig { Auth = new AuthConfig { Resource = resource, Issuers = [new IssuerConfig { Issuer = "https://auth.example.com" }] } },
    };
}
