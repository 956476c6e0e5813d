using System.Text;
using McpHub.Testing;
using McpHub.Testing.Security;

namespace McpHub.FunctionalTests.Security;

/// <summary>Forged and broken credentials: each is refused, and nothing runs.</summary>
public sealed class TokenAttackTests(TokenAttackTests.Target target) : IClassFixture<TokenAttackTests.Target>
{
    private static readonly string[] Methods = ["POST", "GET", "DELETE", "PUT"];

    public static TheoryData<string> Names { get; } = [.. Forgeries.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Forgery_IsRefused_AndNothingRuns(string name)
    {
        var calls = target.Probe.Calls;
        var forged = Forgeries.All[name](target.Issuer);
        foreach (var method in Methods)
        {
            var (status, headers, body) = await target.SendAsync(method, forged);

            Assert.Equal((name, method, 401), (name, method, status));
            Assert.StartsWith("Bearer ", headers["WWW-Authenticate"], StringComparison.Ordinal);
            Assert.Contains("resource_metadata=\"https://gw.example.com/.well-known/oauth-protected-resource/mcp\"", headers["WWW-Authenticate"], StringComparison.Ordinal);
            Assert.DoesNotContain("alice", body, StringComparison.Ordinal);
            Assert.DoesNotContain("Exception", body, StringComparison.Ordinal);
            Assert.True(body.Length < 300, body);
        }

        Assert.Equal(calls, target.Probe.Calls);
        Assert.Equal(0, target.Issuer.StrayRequests);
    }

    [Fact]
    public async Task GoodToken_IsTaken_BetweenAllTheForgedOnes()
    {
        var calls = target.Probe.Calls;

        var (status, _, body) = await target.SendAsync("POST", target.Issuer.Token());

        Assert.True(status == 200, body);
        Assert.Equal(calls + 1, target.Probe.Calls);
    }

    [Fact]
    public async Task Forgeries_AreAskedTheIssuerForAtABoundedRate()
    {
        var before = target.Issuer.KeyFetches;
        for (var i = 0; i < 200; i++)
        {
            await target.SendAsync("POST", target.Issuer.Key.Sign($$"""{"alg":"RS256","kid":"made-up-{{i}}"}""", target.Issuer.Claims().ToJsonString()));
        }

        Assert.InRange(target.Issuer.KeyFetches - before, 0, 1);
    }

    public sealed class Target : IAsyncLifetime
    {
        private GatewayHost _gateway = null!;
        private FakeTimeProvider _time = null!;

        internal TestIssuer Issuer { get; private set; } = null!;

        internal CallerProbe Probe { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            _time = new FakeTimeProvider();
            Issuer = await TestIssuer.StartAsync(_time);
            var ec = TestKey.Ec("ec-1");
            Issuer.Published =
            [
                Issuer.Key.Jwk(),
                ec.Jwk(),
                Forgeries.Weak.Jwk(),
                Forgeries.Encryption.Jwk(",\"use\":\"enc\""),
                $$"""{"kty":"oct","kid":"oct-1","k":"{{TestKey.Encode(Encoding.UTF8.GetBytes("a secret that is none any more!!"))}}"}""",
                """{"kty":"RSA","kid":"broken","n":"!!","e":"AQAB"}""",
            ];
            _gateway = await GatewayHost.StartAsync(Issuer.Hub(), _time);
            Probe = CallerProbe.AddTo(_gateway);
        }

        public async ValueTask DisposeAsync()
        {
            await _gateway.DisposeAsync();
            await Issuer.DisposeAsync();
        }

        internal async Task<(int Status, IReadOnlyDictionary<string, string> Headers, string Body)> SendAsync(string method, ForgedToken forged)
        {
            var body = Rpc.Request("1", "tools/call", Rpc.Call(CallerProbe.Tool, meta: McpClient.ModernKeys));
            var text = new StringBuilder($"{method} /mcp{forged.Query} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n");
            text.Append("Accept: application/json, text/event-stream\r\nMCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: who\r\n");
            foreach (var (name, value) in forged.Headers)
            {
                text.Append($"{name}: {value}\r\n");
            }

            text.Append($"Content-Length: {body.Length}\r\n\r\n{body}");
            var response = await RawHttp.ExchangeAsync(_gateway.Url, text.ToString(), closeSending: false);
            var parts = response.Split("\r\n\r\n", 2);
            var lines = parts[0].Split("\r\n");
            var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
            return (int.Parse(lines[0].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), headers, parts[1]);
        }
    }
}
