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
        using var stream = await OpenAsync(gateway, "2026-07-28", null);

        await gateway.Runtime.ApplyAsync(Config(("ann", ApiKeys.NewKey("mhk_"), [])), CancellationToken.None);

        await UntilEndedAsync(stream, time);
    }

    [Fact]
    public async Task Stream_GoesOn_WhileItsIssuerIsAway()
    {
        await using var pair = await IssuerPair.StartAsync();
        var client = await McpClient.ConnectAsync(pair.Gateway, Revision.V20260728, token: pair.Issuer.Token("alice"));
        using var stream = await MessageStream.ListenAsync(client, Lists);
        await stream.ReadAsync();
        pair.Issuer.IsDown = true;

        await pair.Gateway.Runtime.ApplyAsync(pair.Issuer.Hub() with { Path = "again" }, CancellationToken.None);
        for (var i = 0; i < 10; i++)
        {
            pair.Time.Advance(CredentialWatches.Period);
        }

        await pair.Gateway.Runtime.ApplyAsync(pair.Issuer.Hub() with { Gateway = pair.Issuer.Hub().Gateway with { BuiltInTools = false } }, CancellationToken.None);
        Assert.Equal("notifications/tools/list_changed", (await stream.ReadAsync()).GetProperty("method").GetString());
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
