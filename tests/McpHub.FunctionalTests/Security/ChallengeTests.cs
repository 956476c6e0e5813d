using System.Text.Json;
using McpHub.Configuration;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Testing;
using McpHub.Testing.Security;

namespace McpHub.FunctionalTests.Security;

/// <summary>The gateway as a resource server of OAuth: what clients are told, and where (RFC 6750, RFC 9728).</summary>
public sealed class ChallengeTests
{
    private const string Root = """error="invalid_token", error_description="The access token was issued for another resource.", scope="mcp:use", resource_metadata="https://gw.example.com/.well-known/oauth-protected-resource/mcp""";

    [Fact]
    public async Task Challenge_HasMetadataAndScope_AndNoErrorWithoutACredential()
    {
        await using var pair = await IssuerPair.StartAsync();

        var answer = await pair.CallAsync(null);

        Assert.Equal(401, answer.Status);
        Assert.Equal(
            "Bearer scope=\"mcp:use\", resource_metadata=\"https://gw.example.com/.well-known/oauth-protected-resource/mcp\"",
            answer.Headers["WWW-Authenticate"]);
        Assert.Equal(Failures.Of(FailureKind.Unauthenticated).Code, answer.Code);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("/mcp", "")]
    [InlineData("/mcp/", "")]
    [InlineData("/mcp/files", "/files")]
    [InlineData("/MCP/Files", "/files")]
    public async Task Metadata_IsServedToEverybody(string path, string server)
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var gateway = await GatewayHost.StartAsync(issuer.Hub(Down("files")));

        using var response = await gateway.Http.GetAsync(new Uri(gateway.Url, "/.well-known/oauth-protected-resource" + path), TestContext.Current.CancellationToken);
        var metadata = JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(TestIssuer.Resource + server, metadata.GetProperty("resource").GetString());
        Assert.Equal(issuer.Issuer, metadata.GetProperty("authorization_servers")[0].GetString());
        Assert.Equal("mcp:use", metadata.GetProperty("scopes_supported")[0].GetString());
        Assert.Equal("header", metadata.GetProperty("bearer_methods_supported")[0].GetString());
    }

    [Theory]
    [InlineData("/mcp/nobody")]
    [InlineData("/other")]
    public async Task Metadata_IsNotThere_ForWhatIsNoEndpoint(string path)
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var gateway = await GatewayHost.StartAsync(issuer.Hub(Down("files")));

        using var response = await gateway.Http.GetAsync(new Uri(gateway.Url, "/.well-known/oauth-protected-resource" + path), TestContext.Current.CancellationToken);

        Assert.Equal(404, (int)response.StatusCode);
    }

    [Fact]
    public async Task Metadata_IsNotThere_WithoutAuthentication()
    {
        await using var gateway = await GatewayHost.StartAsync();

        using var response = await gateway.Http.GetAsync(new Uri(gateway.Url, "/.well-known/oauth-protected-resource/mcp"), TestContext.Current.CancellationToken);

        Assert.Equal(404, (int)response.StatusCode);
    }

    [Fact]
    public async Task Endpoint_TakesTokensForItselfOnly()
    {
        await using var server = await FakeUpstream.StartAsync(Revision.V20260728);
        await using var issuer = await TestIssuer.StartAsync();
        await using var gateway = await GatewayHost.StartAsync(issuer.Hub(server.Config("files"), server.Config("mail")));
        var files = issuer.Token(audience: TestIssuer.Resource + "/files");

        Assert.Equal(200, await CallAsync(gateway, "/files", files));
        Assert.Equal(401, await CallAsync(gateway, "/mail", files));
        Assert.Equal(401, await CallAsync(gateway, "", files));
        Assert.Equal(401, await CallAsync(gateway, "/files", issuer.Token()));
        Assert.Equal(200, await CallAsync(gateway, "", issuer.Token()));

        // By now both are remembered, which changes nothing.
        Assert.Equal(401, await CallAsync(gateway, "/mail", files));
        Assert.Equal(200, await CallAsync(gateway, "/FILES", files));
    }

    [Fact]
    public async Task UnknownServer_IsToldToCallersOnly()
    {
        await using var pair = await IssuerPair.StartAsync();

        Assert.Equal(401, await CallAsync(pair.Gateway, "/nobody", null));
        Assert.Equal(404, await CallAsync(pair.Gateway, "/nobody", pair.Issuer.Token()));
    }

    [Theory]
    [InlineData("HTTPS://GW.EXAMPLE.COM/mcp")]
    [InlineData("https://gw.example.com/mcp/")]
    public async Task Audience_IsTakenInOtherSpellings(string audience)
    {
        await using var pair = await IssuerPair.StartAsync();

        Assert.Equal(200, (await pair.CallAsync(pair.Issuer.Token(audience: audience))).Status);
        Assert.Contains(Root, (await pair.CallAsync(pair.Issuer.Token(audience: "https://gw.example.com/MCP"))).Headers["WWW-Authenticate"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-07-28", "application/json, text/event-stream")]
    [InlineData("2026-07-28", "text/event-stream, application/json")]
    [InlineData("2025-11-25", "application/json, text/event-stream")]
    public async Task InsufficientScope_BecomesAStepUpChallenge_WithAllScopes(string text, string accept)
    {
        Assert.True(Protocol.Revisions.TryParse(text, out var revision));
        await using var pair = await IssuerPair.StartAsync();
        pair.Probe.Answer = _ => McpResult.Fail(new Failure(FailureKind.InsufficientScope, "More scopes are needed.") { Scopes = ["mcp:use", "files:write"] });
        var client = await McpClient.ConnectAsync(pair.Gateway, revision, token: pair.Issuer.Token());
        using var request = client.Request("tools/call", Rpc.Call(CallerProbe.Tool));
        request.Headers.Remove("Accept");
        request.Headers.TryAddWithoutValidation("Accept", accept);

        var answer = await client.SendAsync(request, CancellationToken.None);

        Assert.Equal((403, Failures.Of(FailureKind.InsufficientScope).Code), (answer.Status, answer.Code));
        Assert.Equal(
            """Bearer error="insufficient_scope", error_description="The request needs more scopes.", scope="mcp:use files:write", resource_metadata="https://gw.example.com/.well-known/oauth-protected-resource/mcp" """.Trim(),
            answer.Headers["WWW-Authenticate"]);
    }

    [Fact]
    public async Task Browser_MayReadTheChallenge_AndAsksWithoutACredential()
    {
        await using var pair = await IssuerPair.StartAsync();
        using var preflight = new HttpRequestMessage(HttpMethod.Options, pair.Gateway.Url);
        preflight.Headers.Add("Origin", "http://localhost:3000");
        using var allowed = await pair.Gateway.Http.SendAsync(preflight, TestContext.Current.CancellationToken);
        using var post = McpClient.Unconnected(pair.Gateway, Revision.V20260728).Request("tools/list");
        post.Headers.Add("Origin", "http://localhost:3000");
        using var refused = await pair.Gateway.Http.SendAsync(post, TestContext.Current.CancellationToken);

        Assert.Equal((204, 401), ((int)allowed.StatusCode, (int)refused.StatusCode));
        Assert.Contains("WWW-Authenticate", string.Join(',', refused.Headers.GetValues("Access-Control-Expose-Headers")), StringComparison.Ordinal);
    }

    private static async Task<int> CallAsync(GatewayHost gateway, string server, string? token)
    {
        using var request = McpClient.Unconnected(gateway, Revision.V20260728, token).Request("tools/list");
        request.RequestUri = new Uri(gateway.Url + server);
        using var response = await gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return (int)response.StatusCode;
    }

    /// <summary>A server on a port that nobody is given: a free one may be that of another test's server by then.</summary>
    private static UpstreamConfig Down(string name) =>
        new() { Name = name, Transport = new HttpTransportConfig { Url = new Uri("http://127.0.0.1:1/mcp") } };
}
