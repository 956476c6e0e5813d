using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Testing;
using McpHub.Testing.Security;

namespace McpHub.FunctionalTests.Security;

/// <summary>Clients over HTTP+SSE that show another credential of the same caller while their stream is open.</summary>
public sealed class SseCredentialTests
{
    private const string Ping = """{"jsonrpc":"2.0","id":9,"method":"ping"}""";

    [Fact]
    public async Task Session_HasTheRightsOfTheCredentialThatWasShownLast()
    {
        await using var issuer = await TestIssuer.StartAsync();
        var offer = new FakeOffer
        {
            Resources = ["""{"uri":"test://free","name":"free"}""", """{"uri":"test://kept","name":"kept"}"""],
            HasSubscriptions = true,
        };
        await using var upstream = await FakeUpstream.StartAsync(Revision.V20251125, offer, setUp: u => u.HasGetStream = true);
        var hub = issuer.Hub(upstream.Config("s"));
        PolicyRuleConfig[] rules =
        [
            new() { Id = "free", Effect = PolicyEffect.Allow, Resources = ["test://free"] },
            new() { Id = "kept", Effect = PolicyEffect.Allow, Resources = ["test://kept"], Callers = new PolicyCallers { Scopes = ["more"] } },
        ];
        await using var gateway = await GatewayHost.StartAsync(hub with { Gateway = hub.Gateway with { Policy = new PolicyConfig { Rules = rules } } });
        await Patience.UntilAsync(() => upstream.Streams.Count == 1, "the server is listened to");
        var (more, less) = (TokenOf(issuer, "alice", TimeSpan.FromMinutes(10), "more"), TokenOf(issuer, "alice", TimeSpan.FromMinutes(10), "less"));
        using var client = await SseSession.OpenAsync(gateway, more);
        await client.AskAsync(more, Rpc.Initialize("1", "2024-11-05"));
        foreach (var uri in new[] { "test://kept", "test://free" })
        {
            var answer = await client.AskAsync(more, Rpc.Request("2", "resources/subscribe", "{\"uri\":\"" + uri + "\"}"));
            Assert.Contains("\"result\"", answer, StringComparison.Ordinal);
        }

        await upstream.Subscriptions.TellAsync("notifications/resources/updated", "test://kept");
        Assert.Contains("test://kept", await client.ReadAsync(), StringComparison.Ordinal);

        await client.AskAsync(less, Ping);
        await upstream.Subscriptions.TellAsync("notifications/resources/updated", "test://kept");
        await upstream.Subscriptions.TellAsync("notifications/resources/updated", "test://free");

        Assert.Contains("test://free", await client.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_LastsAsLongAsTheCredentialThatWasShownLast()
    {
        await using var pair = await IssuerPair.StartAsync();
        var (first, next) = (pair.Issuer.Token("alice"), TokenOf(pair.Issuer, "alice", TimeSpan.FromHours(2), "mcp:use"));
        using var alice = await SseSession.OpenAsync(pair.Gateway, first);
        using var bob = await SseSession.OpenAsync(pair.Gateway, pair.Issuer.Token("bob"));
        using var carl = await SseSession.OpenAsync(pair.Gateway, TokenOf(pair.Issuer, "carl", TimeSpan.FromHours(1), "mcp:use"));
        await alice.AskAsync(next, Rpc.Initialize("1", "2024-11-05"));

        // When the last of these has ended, there was a whole round after the end of the first token.
        await pair.UntilEndedAsync(bob, TimeSpan.FromMinutes(10));
        await pair.UntilEndedAsync(carl, TimeSpan.FromMinutes(50));
        Assert.Contains("\"result\"", await alice.AskAsync(next, Ping), StringComparison.Ordinal);

        await pair.UntilEndedAsync(alice, TimeSpan.FromHours(1));
    }

    private static string TokenOf(TestIssuer issuer, string subject, TimeSpan lifetime, string scope)
    {
        var claims = issuer.Claims(subject);
        claims["exp"] = issuer.Seconds(lifetime);
        claims["scope"] = scope;
        return issuer.Sign(claims);
    }
}
