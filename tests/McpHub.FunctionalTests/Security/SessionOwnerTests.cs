using McpHub.Protocol;
using McpHub.Testing;
using McpHub.Testing.Security;

namespace McpHub.FunctionalTests.Security;

/// <summary>A session of one caller is not there for another (MCP security practices, "Session hijacking").</summary>
public sealed class SessionOwnerTests
{
    [Fact]
    public async Task Session_OfAnotherCaller_IsAsIfItWereNotThere()
    {
        await using var pair = await IssuerPair.StartAsync();
        var alice = await McpClient.ConnectAsync(pair.Gateway, Revision.V20251125, token: pair.Issuer.Token("alice"));
        var mallory = McpClient.Unconnected(pair.Gateway, Revision.V20251125, pair.Issuer.Token("mallory"));
        mallory.SessionId = alice.SessionId;

        var call = await mallory.CallAsync(CallerProbe.Tool);
        using var get = mallory.Get();
        var stream = await mallory.SendAsync(get, CancellationToken.None);
        var delete = await mallory.DeleteAsync();
        mallory.SessionId = "no-such-session-was-ever-there";
        var unknown = await mallory.CallAsync(CallerProbe.Tool);

        Assert.Equal((404, -32001), (call.Status, call.Code));
        Assert.Equal((404, 404), (stream.Status, delete.Status));
        Assert.Equal(unknown.Error.ToString(), call.Error.ToString());
        Assert.Equal(0, pair.Probe.Calls);
        Assert.EndsWith("|alice", (await alice.CallAsync(CallerProbe.Tool)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_AloneIsNoCredential()
    {
        await using var pair = await IssuerPair.StartAsync();
        var client = await McpClient.ConnectAsync(pair.Gateway, Revision.V20251125, token: pair.Issuer.Token("alice"));

        client.Authorization = null;
        var answer = await client.CallAsync(CallerProbe.Tool);

        Assert.Equal((401, 0), (answer.Status, pair.Probe.Calls));
    }

    [Fact]
    public async Task Session_GoesOn_UnderANewTokenOfTheSameCaller()
    {
        await using var pair = await IssuerPair.StartAsync();
        var client = await McpClient.ConnectAsync(pair.Gateway, Revision.V20251125, token: pair.Issuer.Token("alice"));
        pair.Time.Advance(TimeSpan.FromHours(1));
        var expired = await client.CallAsync(CallerProbe.Tool);

        client.Authorization = "Bearer " + pair.Issuer.Token("alice");

        Assert.Equal((401, 200), (expired.Status, (await client.CallAsync(CallerProbe.Tool)).Status));
    }

    [Fact]
    public async Task SseMessages_OfAnotherCaller_AreRefused()
    {
        await using var pair = await IssuerPair.StartAsync();
        using var open = new HttpRequestMessage(HttpMethod.Get, pair.Gateway.Url + "/sse");
        open.Headers.Add("Accept", "text/event-stream");
        open.Headers.Add("Authorization", "Bearer " + pair.Issuer.Token("alice"));
        using var limit = new CancellationTokenSource(Patience.Limit);
        using var stream = await ClientEventStream.ReadAsync(await pair.Gateway.Http.SendAsync(open, HttpCompletionOption.ResponseHeadersRead, limit.Token));
        var address = new Uri(new Uri(pair.Gateway.Url + "/sse"), (await stream.NextAsync())!.Data!);

        Assert.Equal(404, await PostAsync(pair, address, pair.Issuer.Token("mallory")));
        Assert.Equal(401, await PostAsync(pair, address, null));
        Assert.Equal(202, await PostAsync(pair, address, pair.Issuer.Token("alice")));
        Assert.Contains("protocolVersion", (await stream.NextAsync())!.Data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SseStream_NeedsACredential()
    {
        await using var pair = await IssuerPair.StartAsync();
        using var open = new HttpRequestMessage(HttpMethod.Get, pair.Gateway.Url + "/sse");
        open.Headers.Add("Accept", "text/event-stream");

        using var response = await pair.Gateway.Http.SendAsync(open, TestContext.Current.CancellationToken);

        Assert.Equal(401, (int)response.StatusCode);
        Assert.Equal(0, pair.Gateway.Sessions.Count);
    }

    private static async Task<int> PostAsync(IssuerPair pair, Uri address, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new StringContent(Rpc.Initialize("1", "2024-11-05"), System.Text.Encoding.UTF8, "application/json"),
        };
        if (token is not null)
        {
            request.Headers.Add("Authorization", "Bearer " + token);
        }

        using var response = await pair.Gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return (int)response.StatusCode;
    }
}
