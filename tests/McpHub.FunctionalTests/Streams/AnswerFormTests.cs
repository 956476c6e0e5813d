using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Streams;

/// <summary>When an answer is JSON, and when it is an event stream.</summary>
public sealed class AnswerFormTests
{
    private const string Both = "application/json, text/event-stream";

    [Theory]
    [InlineData("2025-11-25", true, Both, true)]
    [InlineData("2025-11-25", true, "application/json", false)]
    [InlineData("2025-11-25", false, Both, false)]
    [InlineData("2025-03-26", true, Both, true)]
    [InlineData("2024-11-05", true, Both, true)]
    [InlineData("2026-07-28", true, Both, false)]
    [InlineData("2025-11-25", false, "text/event-stream, application/json", true)]
    [InlineData("2026-07-28", false, "text/event-stream, application/json", true)]
    [InlineData("2026-07-28", false, "text/event-stream", true)]
    public async Task Call_IsAnsweredAsTheServerDoes_OrAsTheClientPrefers(string revision, bool serverStreams, string accept, bool isStream)
    {
        Assert.True(Protocol.Revisions.TryParse(revision, out var parsed));
        await using var pair = await StreamPair.StartAsync(parsed, f =>
        {
            if (serverStreams)
            {
                f.OnTool("work", async x =>
                {
                    await x.SendEventsAsync(": a stream\n\n");
                    await x.TextAsync("done");
                });
            }
        });

        // The first answer says that the server streams.
        await pair.Client.CallAsync("s_work");
        using var call = pair.Client.Request("tools/call", Rpc.Call("s_work"));
        call.Headers.Remove("Accept");
        call.Headers.TryAddWithoutValidation("Accept", accept);
        var answer = await pair.Client.SendAsync(call, TestContext.Current.CancellationToken);

        Assert.Equal((200, isStream), (answer.Status, answer.IsStream));
        Assert.Equal(serverStreams ? "done" : "work", answer.Text);
    }

    [Theory]
    [InlineData("2025-06-18", "1-1", null)]
    [InlineData("2025-11-25", "1-1", "1-0")]
    [InlineData("2026-07-28", null, null)]
    public async Task List_IsAStream_WhenTheClientNamesStreamsFirst(string revision, string? id, string? priming)
    {
        Assert.True(Protocol.Revisions.TryParse(revision, out var parsed));
        await using var pair = await StreamPair.StartAsync(parsed, _ => { });
        using var request = pair.Client.Request("tools/list");
        request.Headers.Remove("Accept");
        request.Headers.TryAddWithoutValidation("Accept", "text/event-stream, application/json");

        using var stream = await pair.Client.StreamAsync(request);
        var events = await stream.RestAsync();

        Assert.Equal(priming, events.Count == 2 ? events[0].Id : null);
        Assert.Equal(id, events[^1].Id);
        Assert.True(events[^1].Message.GetProperty("result").TryGetProperty("tools", out _));
        if (priming is not null)
        {
            using var again = await pair.Client.StreamAsync(priming);
            Assert.Equal(events[^1], Assert.Single(await again.RestAsync()));
        }
    }

    [Fact]
    public async Task Error_IsAStreamToo_ButNotWhatHasAStatus()
    {
        await using var pair = await StreamPair.StartAsync(Revision.V20251125, _ => { });
        using var unknown = Streaming(pair.Client.Request("tools/call", Rpc.Call("nobody")));
        using var notification = Streaming(pair.Client.Request("tools/list"));
        notification.Content = new StringContent(Rpc.Notification("notifications/initialized"), System.Text.Encoding.UTF8, "application/json");
        using var lost = Streaming(pair.Client.Request("tools/list"));
        lost.Headers.Remove("Mcp-Session-Id");

        var error = await pair.Client.SendAsync(unknown, TestContext.Current.CancellationToken);
        var accepted = await pair.Client.SendAsync(notification, TestContext.Current.CancellationToken);
        var refused = await pair.Client.SendAsync(lost, TestContext.Current.CancellationToken);

        Assert.Equal((200, true, -32602), (error.Status, error.IsStream, error.Code));
        Assert.Equal((202, ""), (accepted.Status, accepted.Body));
        Assert.Equal((400, false), (refused.Status, refused.IsStream));
    }

    private static HttpRequestMessage Streaming(HttpRequestMessage request)
    {
        request.Headers.Remove("Accept");
        request.Headers.TryAddWithoutValidation("Accept", "text/event-stream, application/json");
        return request;
    }
}
