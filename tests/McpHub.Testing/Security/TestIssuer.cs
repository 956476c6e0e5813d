using System.Text.Json.Nodes;
using McpHub.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace McpHub.Testing.Security;

/// <summary>An authorization server on real Kestrel: metadata, keys, and tokens. Counts what it is asked, and fails as it is told.</summary>
internal sealed class TestIssuer : IAsyncDisposable
{
    /// <summary>What tokens are for, unless a test says otherwise.</summary>
    public const string Resource = "https://gw.example.com/mcp";

    private readonly WebApplication _app;
    private readonly TimeProvider _time;
    private int _keyFetches;

    private TestIssuer(WebApplication app, TimeProvider time)
    {
        _app = app;
        _time = time;
    }

    /// <summary>What the <c>iss</c> claim says.</summary>
    public string Issuer { get; private set; } = "";

    /// <summary>The key that tokens are signed with.</summary>
    public TestKey Key { get; set; } = TestKey.Rsa("key-1");

    /// <summary>The keys that are published, as JSON.</summary>
    public IReadOnlyList<string> Published { get; set; } = [];

    /// <summary>How often the keys were fetched.</summary>
    public int KeyFetches => Volatile.Read(ref _keyFetches);

    /// <summary>Whether it answers nothing but 503.</summary>
    public volatile bool IsDown;

    /// <summary>Whether it answers not at all.</summary>
    public volatile bool Hangs;

    /// <summary>The <c>issuer</c> of the metadata, if it is not to be the right one.</summary>
    public string? ClaimedIssuer { get; set; }

    /// <summary>Everything that is asked for and is neither metadata nor keys.</summary>
    public int StrayRequests;

    public IssuerConfig Config => new() { Issuer = Issuer };

    public static async Task<TestIssuer> StartAsync(TimeProvider? time = null)
    {
        var app = Loopback.Builder().Build();
        var issuer = new TestIssuer(app, time ?? TimeProvider.System);
        issuer.Published = [issuer.Key.Jwk()];
        app.Run(issuer.HandleAsync);
        await app.StartAsync();
        issuer.Issuer = Loopback.UrlOf(app).GetLeftPart(UriPartial.Authority);
        return issuer;
    }

    /// <summary>A configuration that accepts this issuer's tokens.</summary>
    public HubConfig Hub(params UpstreamConfig[] upstreams) => new()
    {
        Upstreams = upstreams,
        Gateway = new GatewayConfig { Auth = new AuthConfig { Resource = Resource, Issuers = [Config], Scopes = ["mcp:use"] } },
    };

    /// <summary>The claims of a good token.</summary>
    public JsonObject Claims(string subject = "alice", string audience = Resource) => new()
    {
        ["iss"] = Issuer,
        ["sub"] = subject,
        ["aud"] = audience,
        ["exp"] = Seconds(TimeSpan.FromMinutes(10)),
        ["iat"] = Seconds(TimeSpan.Zero),
        ["client_id"] = "test-client",
        ["scope"] = "mcp:use",
    };

    /// <summary>A good token.</summary>
    public string Token(string subject = "alice", string audience = Resource) => Sign(Claims(subject, audience));

    /// <summary>A token with these claims.</summary>
    public string Sign(JsonObject claims, string moreHeader = "") => Key.Sign(Key.Header(moreHeader), claims.ToJsonString());

    /// <summary>A moment as tokens write it.</summary>
    public long Seconds(TimeSpan fromNow) => (_time.GetUtcNow() + fromNow).ToUnixTimeSeconds();

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Key.Dispose();
    }

    private async Task HandleAsync(HttpContext http)
    {
        var path = http.Request.Path.Value;
        if (path == "/keys")
        {
            Interlocked.Increment(ref _keyFetches);
        }

        if (Hangs)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return;
        }

        if (IsDown)
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        switch (path)
        {
            case "/.well-known/openid-configuration":
                await http.Response.WriteAsync($$"""{"issuer":"{{ClaimedIssuer ?? Issuer}}","jwks_uri":"{{Issuer}}/keys","token_endpoint":"{{Issuer}}/token"}""");
                break;
            case "/keys":
                await http.Response.WriteAsync("{\"keys\":[" + string.Join(',', Published) + "]}");
                break;
            default:
                Interlocked.Increment(ref StrayRequests);
                http.Response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }
}
