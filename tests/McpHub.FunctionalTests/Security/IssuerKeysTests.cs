using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Security.Authentication;
using McpHub.Testing;
using McpHub.Testing.Security;

namespace McpHub.FunctionalTests.Security;

/// <summary>The keys of an issuer: found, rotated, and what happens while it is away.</summary>
public sealed class IssuerKeysTests
{
    [Fact]
    public async Task Keys_AreFoundByDiscovery_AndFetchedOnceForManyTokens()
    {
        await using var pair = await IssuerPair.StartAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(n => pair.CallAsync(pair.Issuer.Token($"user-{n}"))));

        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        Assert.Equal(1, pair.Issuer.KeyFetches);
    }

    [Fact]
    public async Task Keys_AreFetchedFromTheGivenAddress_WithoutDiscovery()
    {
        await using var pair = await IssuerPair.StartAsync(
            issuer => new IssuerConfig { Issuer = issuer.Issuer, Jwks = new Uri(issuer.Issuer + "/keys") },
            issuer => issuer.ClaimedIssuer = "https://evil.example.com");

        Assert.Equal(200, (await pair.CallAsync(pair.Issuer.Token())).Status);
    }

    [Fact]
    public async Task Keys_OfAnotherIssuersMetadata_AreNotTaken()
    {
        await using var pair = await IssuerPair.StartAsync(setUp: issuer => issuer.ClaimedIssuer = "https://evil.example.com");

        Assert.Equal(503, (await pair.CallAsync(pair.Issuer.Token())).Status);
        Assert.Equal(0, pair.Issuer.KeyFetches);
    }

    [Fact]
    public async Task NewKey_IsFetched_WhenATokenNamesIt()
    {
        await using var pair = await IssuerPair.StartAsync();
        Assert.Equal(200, (await pair.CallAsync(pair.Issuer.Token())).Status);
        using var old = pair.Issuer.Key;
        pair.Issuer.Key = TestKey.Ec("key-2");
        pair.Issuer.Published = [old.Jwk(), pair.Issuer.Key.Jwk()];

        pair.Time.Advance(RemoteKeys.Pause);
        var both = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => pair.CallAsync(pair.Issuer.Token($"user-{n}"))));

        Assert.All(both, answer => Assert.Equal(200, answer.Status));
        Assert.Equal(2, pair.Issuer.KeyFetches);
    }

    [Fact]
    public async Task TokenWithoutAKeyName_IsTakenAfterARotation()
    {
        await using var pair = await IssuerPair.StartAsync();
        Assert.Equal(200, (await pair.CallAsync(pair.Issuer.Token())).Status);
        using var old = pair.Issuer.Key;
        pair.Issuer.Key = TestKey.Rsa("key-2");
        pair.Issuer.Published = [pair.Issuer.Key.Jwk()];
        pair.Time.Advance(RemoteKeys.Pause);

        var unnamed = pair.Issuer.Key.Sign("""{"alg":"RS256"}""", pair.Issuer.Claims("bob").ToJsonString());

        Assert.Equal(200, (await pair.CallAsync(unnamed)).Status);
    }

    [Fact]
    public async Task UnknownKeys_AreLookedForAtABoundedRate()
    {
        await using var pair = await IssuerPair.StartAsync();
        Assert.Equal(200, (await pair.CallAsync(pair.Issuer.Token())).Status);
        const int Rounds = 5;
        for (var round = 0; round < Rounds; round++)
        {
            pair.Time.Advance(RemoteKeys.Pause);
            var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(n => pair.CallAsync(
                pair.Issuer.Key.Sign($$"""{"alg":"RS256","kid":"made-up-{{round}}-{{n}}"}""", pair.Issuer.Claims().ToJsonString()))));
            Assert.All(answers, answer => Assert.Equal(401, answer.Status));
        }

        Assert.Equal(1 + Rounds, pair.Issuer.KeyFetches);
    }

    [Fact]
    public async Task LastGoodKeys_StayInUse_WhileTheIssuerIsDown()
    {
        await using var pair = await IssuerPair.StartAsync();
        Assert.Equal(200, (await pair.CallAsync(pair.Issuer.Token())).Status);
        pair.Issuer.IsDown = true;
        pair.Time.Advance(TimeSpan.FromHours(1));
        await Patience.UntilAsync(() => pair.Gateway.Log.Lines.Any(line => line.Contains("could not be fetched", StringComparison.Ordinal)), "the failure is logged");

        Assert.Equal(200, (await pair.CallAsync(pair.Issuer.Token("bob"))).Status);
        Assert.Contains("503", pair.Gateway.Authenticator.Model!.Issuers[pair.Issuer.Issuer].Keys.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LastGoodKeys_SurviveAReload_WhileTheIssuerIsDown()
    {
        await using var pair = await IssuerPair.StartAsync();
        Assert.Equal(200, (await pair.CallAsync(pair.Issuer.Token())).Status);
        pair.Issuer.IsDown = true;

        await pair.Gateway.Runtime.ApplyAsync(pair.Issuer.Hub() with { Path = "again" }, CancellationToken.None);

        Assert.Equal(200, (await pair.EchoAsync(pair.Issuer.Token("bob"))).Status);
    }

    [Fact]
    public async Task LastGoodKeys_SurviveAReload_ThatChangesHowOftenTheyAreFetched()
    {
        await using var pair = await IssuerPair.StartAsync();
        Assert.Equal(200, (await pair.CallAsync(pair.Issuer.Token())).Status);
        pair.Issuer.IsDown = true;
        var hub = pair.Issuer.Hub();
        var auth = hub.Gateway.Auth with { KeyRefresh = TimeSpan.FromMinutes(20) };

        await pair.Gateway.Runtime.ApplyAsync(hub with { Gateway = hub.Gateway with { Auth = auth } }, CancellationToken.None);

        Assert.Equal(200, (await pair.EchoAsync(pair.Issuer.Token("bob"))).Status);
        pair.Issuer.IsDown = false;
        pair.Time.Advance(TimeSpan.FromMinutes(20));
        await Patience.UntilAsync(() => pair.Issuer.KeyFetches == 2, "the keys are fetched at the new time");
    }

    [Fact]
    public async Task Token_CannotBeJudged_UntilTheIssuerAnswers()
    {
        await using var pair = await IssuerPair.StartAsync(setUp: issuer => issuer.IsDown = true);

        var refused = await pair.CallAsync(pair.Issuer.Token());
        pair.Issuer.IsDown = false;
        var paused = await pair.CallAsync(pair.Issuer.Token());
        pair.Time.Advance(RemoteKeys.Pause);
        var taken = await pair.CallAsync(pair.Issuer.Token());

        Assert.Equal((503, Failures.Of(FailureKind.IssuerUnavailable).Code, "10"), (refused.Status, refused.Code, refused.Headers["Retry-After"]));
        Assert.DoesNotContain("WWW-Authenticate", refused.Headers.Keys);
        Assert.Equal((503, 200), (paused.Status, taken.Status));
    }

    [Fact]
    public async Task Fetch_EndsAtItsDeadline_WhenTheIssuerHangs()
    {
        await using var pair = await IssuerPair.StartAsync(setUp: issuer => issuer.Hangs = true);

        var pending = pair.CallAsync(pair.Issuer.Token());
        await Patience.UntilAsync(
            () =>
            {
                pair.Time.Advance(KeyFetcher.Deadline);
                return pending.IsCompleted;
            },
            "the fetch has been given up");

        Assert.Equal(503, (await pending).Status);
    }

    [Fact]
    public async Task RememberedToken_IsForgotten_WhenItsKeyIsWithdrawn()
    {
        await using var pair = await IssuerPair.StartAsync();
        var token = pair.Issuer.Sign(Long(pair.Issuer));
        Assert.Equal(200, (await pair.CallAsync(token)).Status);
        using var old = pair.Issuer.Key;
        pair.Issuer.Key = TestKey.Rsa("key-2");
        pair.Issuer.Published = [pair.Issuer.Key.Jwk()];

        pair.Time.Advance(TimeSpan.FromHours(1));
        await Patience.UntilAsync(async () => (await pair.CallAsync(token)).Status == 401, "the token is refused");

        Assert.Equal(200, (await pair.CallAsync(pair.Issuer.Token())).Status);
    }

    [Fact]
    public async Task RememberedToken_IsRefused_WhenItHasExpired()
    {
        await using var pair = await IssuerPair.StartAsync();
        var token = pair.Issuer.Token();
        Assert.Equal(200, (await pair.CallAsync(token)).Status);

        pair.Time.Advance(TimeSpan.FromMinutes(10));
        var withinSkew = await pair.CallAsync(token);
        pair.Time.Advance(TimeSpan.FromSeconds(30));
        var beyond = await pair.CallAsync(token);

        Assert.Equal((200, 401), (withinSkew.Status, beyond.Status));
        Assert.Contains("error=\"invalid_token\", error_description=\"The access token has expired.\"", beyond.Headers["WWW-Authenticate"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Issuers_WithTheSameKeyNames_AreNotMixedUp()
    {
        await using var first = await TestIssuer.StartAsync();
        await using var second = await TestIssuer.StartAsync();
        var hub = first.Hub();
        await using var gateway = await GatewayHost.StartAsync(
            hub with { Gateway = hub.Gateway with { Auth = hub.Gateway.Auth with { Issuers = [first.Config, second.Config] } } });
        var probe = CallerProbe.AddTo(gateway);
        Assert.Equal(first.Key.KeyId, second.Key.KeyId);

        for (var round = 0; round < 3; round++)
        {
            Assert.Equal(200, await CallAsync(first.Token($"user-{round}")));
            Assert.Equal(200, await CallAsync(second.Token($"user-{round}")));
            Assert.Equal(401, await CallAsync(second.Key.Sign(second.Key.Header(), first.Claims("root").ToJsonString())));
            Assert.Equal(401, await CallAsync(first.Key.Sign(first.Key.Header(), second.Claims("root").ToJsonString())));
        }

        Assert.Equal(6, probe.Calls);

        async Task<int> CallAsync(string token) => (await McpClient.Unconnected(gateway, Revision.V20260728, token).CallAsync(CallerProbe.Tool)).Status;
    }

    [Fact]
    public async Task Algorithm_IsRefused_WhenTheConfigurationDoesNotNameIt()
    {
        await using var pair = await IssuerPair.StartAsync(issuer => issuer.Config with { Algorithms = ["ES256"] });

        Assert.Equal(401, (await pair.CallAsync(pair.Issuer.Token())).Status);
    }

    private static System.Text.Json.Nodes.JsonObject Long(TestIssuer issuer)
    {
        var claims = issuer.Claims();
        claims["exp"] = issuer.Seconds(TimeSpan.FromDays(1));
        return claims;
    }
}
