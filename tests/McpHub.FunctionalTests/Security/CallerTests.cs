using McpHub.Configuration;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Security.Authentication;
using McpHub.Testing;
using McpHub.Testing.Security;

namespace McpHub.FunctionalTests.Security;

/// <summary>Whom the pipeline sees, by credential, transport and revision.</summary>
public sealed class CallerTests
{
    private static readonly string ApiKey = ApiKeys.NewKey("mhk_");

    public static TheoryData<string> Texts { get; } = [.. Protocol.Revisions.All.Select(revision => revision.Text())];

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Token_IsTheCaller_InEveryRevision(string text)
    {
        Assert.True(Protocol.Revisions.TryParse(text, out var revision));
        await using var pair = await IssuerPair.StartAsync();

        var client = await McpClient.ConnectAsync(pair.Gateway, revision, token: pair.Issuer.Token("alice"));
        var who = await client.CallAsync(CallerProbe.Tool);

        Assert.EndsWith("|alice", who.Text, StringComparison.Ordinal);
        Assert.StartsWith("token|", who.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_GivesClientRolesScopesAndClaims()
    {
        await using var pair = await IssuerPair.StartAsync(issuer => issuer.Config with { RolesClaim = "realm_access.roles" });
        Caller? seen = null;
        pair.Probe.Answer = context =>
        {
            seen = context.Caller;
            return McpResult.Empty;
        };
        var claims = pair.Issuer.Claims("alice");
        claims["scope"] = "a b";
        claims["scp"] = new System.Text.Json.Nodes.JsonArray("c");
        claims["realm_access"] = System.Text.Json.Nodes.JsonNode.Parse("""{"roles":["admin","dev"]}""");
        claims["team"] = 7;

        await pair.CallAsync(pair.Issuer.Sign(claims));

        Assert.Equal(("alice", pair.Issuer.Issuer, "test-client"), (seen!.Subject, seen.Issuer, seen.Client));
        Assert.Equal(["a", "b", "c"], seen.Scopes);
        Assert.Equal(["admin", "dev"], seen.Roles);
        Assert.Equal(["7"], seen.Claims["team"]);
    }

    [Fact]
    public async Task Callers_AreToldApart_ByIssuerAndKind()
    {
        await using var first = await IssuerPair.StartAsync();
        await using var second = await IssuerPair.StartAsync();
        var program = first.Issuer.Claims("x");
        program.Remove("sub");
        program["client_id"] = "alice";

        var keys = new[]
        {
            (await first.CallAsync(first.Issuer.Token("alice"))).Text,
            (await second.CallAsync(second.Issuer.Token("alice"))).Text,
            (await first.CallAsync(first.Issuer.Sign(program))).Text,
        };

        Assert.Equal(3, keys.Distinct().Count());
    }

    [Theory]
    [InlineData("Authorization", "Bearer ")]
    [InlineData("Authorization", "bearer ")]
    [InlineData("X-API-Key", "")]
    public async Task ApiKey_IsTheCaller(string header, string scheme)
    {
        await using var gateway = await GatewayHost.StartAsync(WithKey());
        var probe = CallerProbe.AddTo(gateway);

        for (var time = 0; time < 2; time++)
        {
            using var request = McpClient.Unconnected(gateway, Revision.V20260728).Request("tools/call", Rpc.Call(CallerProbe.Tool));
            request.Headers.TryAddWithoutValidation(header, scheme + ApiKey);
            using var response = await gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);

            Assert.Equal("key|build-server", (await HttpAnswer.ReadAsync(response)).Text);
        }

        Assert.Equal(2, probe.Calls);
    }

    [Fact]
    public async Task Challenge_NamesNoMetadata_WhereOnlyApiKeysAre()
    {
        await using var gateway = await GatewayHost.StartAsync(WithKey());

        var refused = await McpClient.Unconnected(gateway, Revision.V20260728).CallAsync(CallerProbe.Tool);
        using var metadata = await gateway.Http.GetAsync(new Uri(gateway.Url, "/.well-known/oauth-protected-resource"), TestContext.Current.CancellationToken);

        Assert.Equal((401, "Bearer realm=\"mcp\""), (refused.Status, refused.Headers["WWW-Authenticate"]));
        Assert.Equal(404, (int)metadata.StatusCode);
    }

    [Fact]
    public async Task Everybody_IsAnonymous_WithoutAuthentication()
    {
        await using var gateway = await GatewayHost.StartAsync();
        CallerProbe.AddTo(gateway);

        Assert.Equal("anonymous", (await McpClient.Unconnected(gateway, Revision.V20260728, "whatever").CallAsync(CallerProbe.Tool)).Text);
    }

    [Fact]
    public async Task Stdio_IsTheConfiguredIdentity_AlsoAfterAReload()
    {
        await using var gateway = await GatewayHost.StartAsync(WithLocal("alice"));
        CallerProbe.AddTo(gateway);
        await using var client = gateway.OpenStdio();
        await client.InitializeAsync();

        var before = await client.AskAsync(Rpc.Request("1", "tools/call", Rpc.Call(CallerProbe.Tool)));
        await gateway.Runtime.ApplyAsync(WithLocal("bob"), CancellationToken.None);
        CallerProbe.AddTo(gateway);
        var after = await client.AskAsync(Rpc.Request("2", "tools/call", Rpc.Call(CallerProbe.Tool)));
        while (!after.TryGetProperty("id", out _))
        {
            // The lists have changed, which the client is told too.
            after = await client.ReadAsync();
        }

        Assert.Contains("local|alice", before.ToString(), StringComparison.Ordinal);
        Assert.Contains("local|bob", after.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Batch_CarriesTheCallerIntoEachOfItsMessages()
    {
        await using var pair = await IssuerPair.StartAsync();
        var client = await McpClient.ConnectAsync(pair.Gateway, Revision.V20250326, token: pair.Issuer.Token("alice"));

        var answer = await client.PostAsync($"[{Rpc.Request("1", "tools/call", Rpc.Call(CallerProbe.Tool))},{Rpc.Request("2", "tools/call", Rpc.Call(CallerProbe.Tool))}]");

        Assert.Equal(2, answer.Body.Split("|alice\"").Length - 1);
    }

    [Fact]
    public async Task ThousandCallersAtOnce_EachGetTheirOwnAnswers()
    {
        const int Callers = 1000;
        await using var pair = await IssuerPair.StartAsync();
        var tokens = Enumerable.Range(0, Callers).Select(n => pair.Issuer.Token($"user-{n}")).ToArray();

        var answers = await Task.WhenAll(Enumerable.Range(0, 3 * Callers).Select(async n =>
        {
            var client = McpClient.Unconnected(pair.Gateway, Revision.V20260728, tokens[n % Callers]);
            return (Caller: n % Callers, Answer: await client.CallAsync(CallerProbe.Tool));
        }));

        Assert.All(answers, a => Assert.EndsWith($"|user-{a.Caller}", a.Answer.Text, StringComparison.Ordinal));
        Assert.Equal(3 * Callers, pair.Probe.Calls);
        Assert.Equal(1, pair.Issuer.KeyFetches);
    }

    [Fact]
    public async Task Tokens_AreRememberedUpToABound()
    {
        await using var pair = await IssuerPair.StartAsync();
        var remembered = pair.Gateway.Authenticator.Model!.Remembered;
        for (var n = 0; n < 40; n++)
        {
            Assert.Equal(200, (await pair.CallAsync(pair.Issuer.Token($"user-{n}"))).Status);
        }

        Assert.Equal(40, remembered.Count);
    }

    private static HubConfig WithKey() => new()
    {
        Gateway = new GatewayConfig { Auth = new AuthConfig { ApiKeys = [new ApiKeyConfig { Name = "build-server", Hash = ApiKeys.HashOf(ApiKey).ToUpperInvariant() }] } },
    };

    private static HubConfig WithLocal(string subject) => new()
    {
        Gateway = new GatewayConfig { Auth = new AuthConfig { Stdio = new LocalIdentityConfig { Subject = subject } } },
    };
}
