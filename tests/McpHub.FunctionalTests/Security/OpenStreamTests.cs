using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Security.Authentication;
using McpHub.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace McpHub.FunctionalTests.Security;

/// <summary>Streams that are open when the credential that they were opened with is no longer good.</summary>
public sealed class OpenStreamTests
{
    private const string Lists = """{"toolsListChanged":true}""";

    [Fact]
    public async Task Listening_Ends_WhenItsTokenHasExpired()
    {
        await using var pair = await IssuerPair.StartAsync();
        var client = await McpClient.ConnectAsync(pair.Gateway, Revision.V20260728, token: pair.Issuer.Token("alice"));
        using var stream = await MessageStream.ListenAsync(client, Lists);
        await stream.ReadAsync();

        pair.Time.Advance(TimeSpan.FromHours(1));
        var answer = stream.ReadAsync();
        await PassAsync(pair.Time, answer);

        Assert.True((await answer).TryGetProperty("result", out _));
        Assert.Null(await stream.TryReadAsync());
        Assert.Equal((401, 0), ((await client.RequestAsync("tools/list")).Status, pair.Gateway.Listeners));
    }

    [Theory]
    [InlineData("2026-07-28")]
    [InlineData("2025-11-25")]
    [InlineData("2024-11-05")]
    public async Task Stream_Ends_WhenItsKeyIsTakenOutOfTheConfiguration_AndOthersGoOn(string revision)
    {
        var (kept, revoked) = (ApiKeys.NewKey("mhk_"), ApiKeys.NewKey("mhk_"));
        var time = new FakeTimeProvider();
        await using var gateway = await GatewayHost.StartAsync(Config(("ann", kept, []), ("bob", revoked, [])), time);
        using var ann = await OpenAsync(gateway, revision, kept);
        using var bob = await OpenAsync(gateway, revision, revoked);

        await gateway.Runtime.ApplyAsync(Config(("ann", kept, [])), CancellationToken.None);
        await UntilEndedAsync(bob, time);

        Assert.Equal(1, gateway.Services.GetRequiredService<CredentialWatches>().Count);
        Assert.Empty(gateway.Log.Faults);
    }

    [Fact]
    public async Task Stream_Ends_WhenItsKeyGivesOtherRightsThanItDid()
    {
        var key = ApiKeys.NewKey("mhk_");
        var time = new FakeTimeProvider();
        await using var gateway = await GatewayHost.StartAsync(Config(("ann", key, ["admin"])), time);
        using var stream = await OpenAsync(gateway, "2026-07-28", key);

        await gateway.Runtime.ApplyAsync(Config(("ann", key, [])), CancellationToken.None);

        await UntilEndedAsync(stream, time);
    }

    [Fact]
    public async Task Stream_OfNobody_Ends_WhenAuthenticationIsSwitchedOn()
    {
        var time = new FakeTimeProvider();
        await using var gateway = await GatewayHost.StartAsync(new HubConfig(), time);
        var key = ApiKeys.NewKey("mhk_");
        using var stream = await OpenAsync(gateway, "2026-07-28", null);
        using var shown = await OpenAsync(gateway, "2026-07-28", key);

        await gateway.Runtime.ApplyAsync(Config(("ann", key, [])), CancellationToken.None);

        await UntilEndedAsync(stream, time);
        await UntilEndedAsync(shown, time);
        Assert.Equal(0, gateway.Authenticator.Model!.Remembered.Count);
    }

    [Fact]
    public async Task Stream_GoesOn_WhileItsIssuerIsAway()
    {
        await using var pair = await IssuerPair.StartAsync();
        var claims = pair.Issuer.Claims();
        claims["exp"] = pair.Issuer.Seconds(TimeSpan.FromDays(1));
        var client = await McpClient.ConnectAsync(pair.Gateway, Revision.V20260728, token: pair.Issuer.Sign(claims));
        using var stream = await MessageStream.ListenAsync(client, Lists);
        await stream.ReadAsync();
        pair.Issuer.IsDown = true;
        var fetches = pair.Issuer.KeyFetches;

        // Keys at another address are other keys, of which there are none: whoever judges the token has to ask for them.
        var hub = pair.Issuer.Hub();
        var auth = hub.Gateway.Auth with { Issuers = [pair.Issuer.Config with { Jwks = new Uri(pair.Issuer.Issuer + "/keys") }] };
        hub = hub with { Gateway = hub.Gateway with { Auth = auth } };
        await pair.Gateway.Runtime.ApplyAsync(hub, CancellationToken.None);

        // The pair's own tool goes with the first reload; what is told after the rounds is something else.
        Assert.Equal("notifications/tools/list_changed", (await stream.ReadAsync()).GetProperty("method").GetString());
        await Patience.UntilAsync(
            () =>
            {
                pair.Time.Advance(CredentialWatches.Period);
                return pair.Issuer.KeyFetches >= fetches + 4;
            },
            "three rounds have asked, of which two are over");

        await pair.Gateway.Runtime.ApplyAsync(hub with { Gateway = hub.Gateway with { BuiltInTools = false } }, CancellationToken.None);
        Assert.Equal("notifications/tools/list_changed", (await stream.ReadAsync()).GetProperty("method").GetString());
    }

    [Fact]
    public async Task Credential_IsJudgedAgain_OnlyWhenItMayNotBeGoodAnyMore()
    {
        await using var pair = await IssuerPair.StartAsync();
        var header = "Bearer " + pair.Issuer.Token("alice");
        var (caller, _) = await pair.Gateway.Authenticator.TryAsync(pair.Gateway.Authenticator.Model!, header["Bearer ".Length..]);
        var remembered = pair.Gateway.Authenticator.Model!.Remembered;
        var watched = new WatchedCredential(new Credential(header, IsKey: false));
        Assert.True(await IsGoodAsync());

        remembered.Remove(header);
        Assert.True(await IsGoodAsync());
        Assert.Equal(0, remembered.Count);

        remembered.Clear();
        Assert.True(await IsGoodAsync());
        Assert.Equal(1, remembered.Count);

        pair.Time.Advance(TimeSpan.FromHours(1));
        Assert.False(await IsGoodAsync());

        ValueTask<bool> IsGoodAsync() => pair.Gateway.Authenticator.IsStillGoodAsync(watched, caller!, "");
    }

    private static HubConfig Config(params (string Name, string Key, string[] Roles)[] keys) => new()
    {
        Gateway = new GatewayConfig
        {
            Auth = new AuthConfig
            {
                Resource = "https://gw.example.com/mcp",
                ApiKeys = [.. keys.Select(k => new ApiKeyConfig { Name = k.Name, Hash = ApiKeys.HashOf(k.Key), Roles = k.Roles })],
            },
        },
    };

    /// <summary>A stream as clients of a revision open it: a request that listens, that of a session, or HTTP+SSE.</summary>
    private static async Task<HttpResponseMessage> OpenAsync(GatewayHost gateway, string revision, string? key)
    {
        Assert.True(Protocol.Revisions.TryParse(revision, out var spoken));
        using var limit = new CancellationTokenSource(Patience.Limit);
        if (spoken == Revision.V20241105)
        {
            using var open = new HttpRequestMessage(HttpMethod.Get, gateway.Url + "/sse");
            open.Headers.Add("Accept", "text/event-stream");
            open.Headers.Add("Authorization", "Bearer " + key);
            return await gateway.Http.SendAsync(open, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        }

        var client = await McpClient.ConnectAsync(gateway, spoken, token: key);
        using var request = spoken.IsModern() ? client.Request("subscriptions/listen", "{\"notifications\":" + Lists + "}") : client.Get();
        return await client.OpenAsync(request, limit.Token);
    }

    /// <summary>Lets time pass until a stream has ended.</summary>
    private static async Task UntilEndedAsync(HttpResponseMessage stream, FakeTimeProvider time)
    {
        Assert.Equal("text/event-stream", stream.Content.Headers.ContentType?.MediaType);
        var reading = stream.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        await PassAsync(time, reading);
        await reading;
    }

    private static Task PassAsync(FakeTimeProvider time, Task until) => Patience.UntilAsync(
        () =>
        {
            time.Advance(CredentialWatches.Period);
            return until.IsCompleted;
        },
        "the stream has ended");
}
