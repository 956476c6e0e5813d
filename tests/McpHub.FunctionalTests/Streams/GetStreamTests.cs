using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Streams;

/// <summary>The GET stream of a session: what belongs to no request.</summary>
public sealed class GetStreamTests
{
    [Theory]
    [InlineData("2024-11-05", null, null)]
    [InlineData("2025-03-26", null, "0-1")]
    [InlineData("2025-06-18", null, "0-1")]
    [InlineData("2025-11-25", "0-0", "0-1")]
    public async Task Stream_CarriesWhatBelongsToNoRequest_InTheWayOfTheRevision(string revision, string? priming, string? id)
    {
        Assert.True(Protocol.Revisions.TryParse(revision, out var parsed));
        await using var pair = await StreamPair.StartAsync(parsed, _ => { });
        using var stream = await pair.Client.StreamAsync();

        Assert.True(pair.Tell("notifications/tools/list_changed"));

        Assert.Equal((200, "text/event-stream"), (stream.Status, stream.ContentType));
        if (priming is not null)
        {
            Assert.Equal(new ClientEvent(priming, null, "", 1000, null), await stream.NextAsync());
        }

        var next = await stream.NextAsync();
        Assert.Equal((id, "message"), (next!.Id, next.Type));
        Assert.Equal("notifications/tools/list_changed", next.Message.GetProperty("method").GetString());
    }

    [Fact]
    public async Task Get_IsRefused_WhereThereIsNoSession()
    {
        await using var pair = await StreamPair.StartAsync(Revision.V20251125, _ => { });
        var foreign = await McpClient.ConnectAsync(pair.Gateway, Revision.V20251125, server: "s");

        Assert.Equal(405, await StatusAsync(pair, r => r.Headers.Remove("Mcp-Session-Id")));
        Assert.Equal(404, await StatusAsync(pair, r => Replace(r, "Mcp-Session-Id", "unknown")));
        Assert.Equal(404, await StatusAsync(pair, r => Replace(r, "Mcp-Session-Id", foreign.SessionId!)));
        Assert.Equal(405, await StatusAsync(pair, r => Replace(r, "MCP-Protocol-Version", "2026-07-28")));
        Assert.Equal(400, await StatusAsync(pair, r => Replace(r, "MCP-Protocol-Version", "1999-01-01")));
        Assert.Equal(406, await StatusAsync(pair, r => Replace(r, "Accept", "application/json")));
        Assert.Equal(403, await StatusAsync(pair, r => Replace(r, "Origin", "http://evil.example")));
        await pair.Gateway.StillServesAsync();
    }

    [Fact]
    public async Task SecondGet_TakesTheStreamOver()
    {
        await using var pair = await StreamPair.StartAsync(Revision.V20251125, _ => { });
        using var first = await pair.Client.StreamAsync();
        await first.NextAsync();
        pair.Tell("notifications/one");
        await first.NextAsync();

        using var second = await pair.Client.StreamAsync();
        Assert.Null(await first.NextAsync());
        pair.Tell("notifications/two");

        Assert.Equal("0-1", (await second.NextAsync())!.Id);
        Assert.Equal("notifications/two", (await second.NextAsync())!.Message.GetProperty("method").GetString());
    }

    [Fact]
    public async Task Message_IsDroppedBeforeTheFirstGet_AndKeptWhileTheClientIsAway()
    {
        await using var pair = await StreamPair.StartAsync(Revision.V20250618, _ => { });
        Assert.False(pair.Tell("notifications/nobody"));
        using (var first = await pair.Client.StreamAsync())
        {
            pair.Tell("notifications/one");
            Assert.Equal("0-1", (await first.NextAsync())!.Id);
        }

        await Patience.UntilAsync(() => !pair.Session.IsBusy, "the gateway has seen the client go");
        Assert.True(pair.Tell("notifications/two"));

        using var again = await pair.Client.StreamAsync();
        Assert.Equal("0-2", (await again.NextAsync())!.Id);

        using var resumed = await pair.Client.StreamAsync("0-0");
        Assert.Equal("0-1", (await resumed.NextAsync())!.Id);
        Assert.Equal("0-2", (await resumed.NextAsync())!.Id);
    }

    [Fact]
    public async Task Request_ToTheClient_GoesOutOnTheStream_AndIsAnsweredByAPost()
    {
        await using var pair = await StreamPair.StartAsync(Revision.V20251125, _ => { });
        using var stream = await pair.Client.StreamAsync();
        await stream.NextAsync();
        var session = pair.Session;
        var asked = session.Requests.AskAsync(session.Unsolicited, McpMethod.Ping, default, TestContext.Current.CancellationToken).AsTask();

        var request = (await stream.NextAsync())!.Message;
        var accepted = await pair.Client.PostAsync(Rpc.Result(request.GetProperty("id").GetRawText(), "{}"));

        Assert.Equal(("ping", 202), (request.GetProperty("method").GetString(), accepted.Status));
        var response = await asked.WithinLimitAsync("the client's response");
        Assert.Equal("{}", System.Text.Encoding.UTF8.GetString(response!.Json.Span));
    }

    [Fact]
    public async Task Delete_EndsTheStream()
    {
        await using var pair = await StreamPair.StartAsync(Revision.V20251125, _ => { });
        using var stream = await pair.Client.StreamAsync();
        await stream.NextAsync();

        await pair.Client.DeleteAsync();

        Assert.Null(await stream.NextAsync());
        Assert.Equal(404, await StatusAsync(pair, _ => { }));
    }

    [Fact]
    public async Task Session_DoesNotExpire_WhileItsStreamIsOpen()
    {
        var time = new FakeTimeProvider();
        var idle = new SessionsConfig().Idle;
        await using var pair = await StreamPair.StartAsync(Revision.V20251125, _ => { }, time: time);
        using (var stream = await pair.Client.StreamAsync())
        {
            await stream.NextAsync();
            time.Advance(idle * 3);
            Assert.Equal(1, pair.Gateway.Sessions.Count);
        }

        await Patience.UntilAsync(() => !pair.Session.IsBusy, "the gateway has seen the client go");
        time.Advance(idle / 2);
        Assert.Equal(1, pair.Gateway.Sessions.Count);
        time.Advance(idle);
        Assert.Equal(0, pair.Gateway.Sessions.Count);
    }

    [Fact]
    public async Task Comment_SaysThatTheLineIsAlive_WhenNothingElseDoes()
    {
        var time = new FakeTimeProvider();
        await using var pair = await StreamPair.StartAsync(Revision.V20251125, _ => { }, time: time);
        using var stream = await pair.Client.StreamAsync();
        await stream.NextAsync();

        time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal("keep-alive", (await stream.NextAsync())!.Comment);
    }

    [Fact]
    public async Task Gateway_StopsAtOnce_AlthoughStreamsAreOpen()
    {
        var pair = await StreamPair.StartAsync(Revision.V20251125, _ => { });
        using var stream = await pair.Client.StreamAsync();
        await stream.NextAsync();
        var rest = stream.RestAsync();

        await pair.DisposeAsync().AsTask().WithinLimitAsync("the gateway's end");

        Assert.Empty(await rest);
    }

    private static async Task<int> StatusAsync(StreamPair pair, Action<HttpRequestMessage> change)
    {
        using var request = pair.Client.Get();
        change(request);
        using var response = await pair.Client.OpenAsync(request, TestContext.Current.CancellationToken);
        return (int)response.StatusCode;
    }

    private static void Replace(HttpRequestMessage request, string name, string value)
    {
        request.Headers.Remove(name);
        request.Headers.TryAddWithoutValidation(name, value);
    }
}
