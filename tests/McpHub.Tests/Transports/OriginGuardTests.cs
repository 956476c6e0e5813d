using McpHub.Configuration;
using McpHub.Transports.Http;
using Microsoft.AspNetCore.Http;

namespace McpHub.Tests.Transports;

public sealed class OriginGuardTests
{
    private static readonly HttpConfig Loopback = new();
    private static readonly HttpConfig Named = new() { Url = "http://gw.example:8080", AllowRemote = true, AllowedHosts = ["Other.example"], AllowedOrigins = ["https://app.example"] };

    [Theory]
    [InlineData("localhost:8080", null, true)]
    [InlineData("LOCALHOST", null, true)]
    [InlineData("127.0.0.1:1", null, true)]
    [InlineData("127.9.9.9", null, true)]
    [InlineData("[::1]:5", null, true)]
    [InlineData("", null, false)]
    [InlineData("evil.example", null, false)]
    [InlineData("localhost.evil.example", null, false)]
    [InlineData("192.168.0.1", null, false)]
    [InlineData("localhost", "http://localhost:3000", true)]
    [InlineData("localhost", "http://[::1]:3000", true)]
    [InlineData("localhost", "https://evil.example", false)]
    [InlineData("localhost", "null", false)]
    [InlineData("localhost", "", false)]
    [InlineData("localhost", "file://", false)]
    [InlineData("localhost", "http://localhost, http://evil.example", false)]
    [InlineData("localhost", "https://app.example", false)]
    public void Request_IsJudged_OnLoopback(string host, string? origin, bool isAllowed) => Assert.Equal(isAllowed, IsAllowed(Loopback, host, origin));

    [Theory]
    [InlineData("gw.example:8080", null, true)]
    [InlineData("other.EXAMPLE", null, true)]
    [InlineData("localhost", null, true)]
    [InlineData("evil.example", null, false)]
    [InlineData("gw.example:8080", "https://APP.example", true)]
    [InlineData("gw.example:8080", "http://app.example", false)]
    [InlineData("gw.example:8080", "http://gw.example:8080", true)]
    [InlineData("gw.example:8080", "http://gw.example:9090", false)]
    [InlineData("gw.example:8080", "https://app.example.evil.example", false)]
    public void Request_IsJudged_ByTheConfiguredNames(string host, string? origin, bool isAllowed) => Assert.Equal(isAllowed, IsAllowed(Named, host, origin));

    [Fact]
    public void Request_IsJudgedAnew_AfterAGoodOne()
    {
        var guard = new OriginGuard(Loopback);
        Assert.Null(guard.Check(Request("localhost", null)));
        Assert.NotNull(guard.Check(Request("evil.example", null)));
        Assert.NotNull(guard.Check(Request("localhost", "https://evil.example")));
        Assert.Null(guard.Check(Request("localhost", null)));
    }

    [Fact]
    public void Wildcard_AllowsEveryOrigin_ButNoOtherHost()
    {
        var config = Loopback with { AllowedOrigins = ["*"] };
        Assert.True(IsAllowed(config, "localhost", "https://any.example"));
        Assert.False(IsAllowed(config, "evil.example", "https://any.example"));
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080", "gw.example.com", true)]
    [InlineData("http://127.0.0.1:8080", "evil.example", false)]
    [InlineData("http://0.0.0.0:8080", "any.example", true)]
    public void Authentication_OpensItsOwnHost_AndEveryNameWhereThePortIsOpen(string url, string host, bool isAllowed)
    {
        var auth = new AuthConfig { Resource = "https://gw.example.com/mcp", Issuers = [new IssuerConfig { Issuer = "https://auth.example.com" }] };

        Assert.Equal(isAllowed, new OriginGuard(new HttpConfig { Url = url }, auth).Check(Request(host, null)) is null);
        Assert.NotNull(new OriginGuard(new HttpConfig { Url = url, AllowedHosts = ["other.example"] }, auth).Check(Request("evil.example", null)));
    }

    private static bool IsAllowed(HttpConfig config, string host, string? origin) => new OriginGuard(config).Check(Request(host, origin)) is null;

    private static HttpRequest Request(string host, string? origin)
    {
        var request = new DefaultHttpContext().Request;
        request.Host = new HostString(host);
        if (origin is not null)
        {
            request.Headers.Origin = origin;
        }

        return request;
    }
}
