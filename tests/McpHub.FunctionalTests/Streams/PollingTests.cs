using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Testing;
using Sdk = ModelContextProtocol.Client;

namespace McpHub.FunctionalTests.Streams;

/// <summary>Servers that close a call's stream before its answer and want to be asked for the rest (2025-11-25), or lose it.</summary>
public sealed class PollingTests
{
    private const string Priming = "id: e0\nretry: 30\ndata: \n\n";

    [Fact]
    public async Task Polling_IsMirrored_WhereTheClientKnowsIt()
    {
        var isClosed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var pair = await StreamPair.StartAsync(Revision.V20251125, f => Poll(f, "polled", isClosed.Task));

        using var post = await pair.Client.StreamAsync(pair.Call());
        var events = await post.RestAsync();
        isClosed.SetResult();
        using var get = await pair.Client.StreamAsync(events[0].Id);
        var rest = await get.RestAsync();

        Assert.Equal(new ClientEvent("1-0", null, "", 30, null), events[0]);
        Assert.All(events, e => Assert.True(e.Data is null or ""));
        Assert.Equal("polled", rest[^1].Text);
        Assert.Single(pair.Server.Of("tools/call"));
    }

    [Fact]
    public async Task Polling_IsDoneByARealClient()
    {
        await using var pair = await StreamPair.StartAsync(Revision.V20251125, f => Poll(f, "polled"));
        await using var transport = new Sdk.HttpClientTransport(
            new Sdk.HttpClientTransportOptions { Endpoint = pair.Gateway.Url, TransportMode = Sdk.HttpTransportMode.StreamableHttp });
        await using var client = await Sdk.McpClient.CreateAsync(
            transport, new Sdk.McpClientOptions { ProtocolVersion = "2025-11-25" }, cancellationToken: TestContext.Current.CancellationToken);

        var result = await client.CallToolAsync("s_work", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal("polled", Assert.IsType<ModelContextProtocol.Protocol.TextContentBlock>(Assert.Single(result.Content)).Text);
        Assert.Single(pair.Server.Of("tools/call"));
    }

    [Theory]
    [InlineData("2025-03-26")]
    [InlineData("2025-06-18")]
    [InlineData("2026-07-28")]
    public async Task Polling_IsDoneByTheGateway_WhereTheClientDoesNotKnowIt(string revision)
    {
        Assert.True(Protocol.Revisions.TryParse(revision, out var parsed));
        await using var pair = await StreamPair.StartAsync(parsed, f => Poll(f, "polled"));

        var answer = await pair.Client.CallAsync("s_work");

        Assert.Equal("polled", answer.Text);
        var get = await pair.Server.WaitForAsync(r => r.Header("Last-Event-ID") is not null);
        Assert.Equal(("e0", "2025-11-25"), (get.Header("Last-Event-ID"), get.Header("MCP-Protocol-Version")));
        Assert.NotNull(get.Header("Mcp-Session-Id"));
    }

    [Fact]
    public async Task Polling_IsDoneByTheGateway_WhereTheClientWantsJson()
    {
        await using var pair = await StreamPair.StartAsync(Revision.V20251125, f => Poll(f, "polled"));
        using var call = pair.Call();
        call.Headers.Remove("Accept");
        call.Headers.TryAddWithoutValidation("Accept", "application/json");

        var answer = await pair.Client.SendAsync(call, TestContext.Current.CancellationToken);

        Assert.Equal((false, "polled"), (answer.IsStream, answer.Text));
    }

    [Fact]
    public async Task Stream_ThatBreaks_IsResumed_AndNothingIsToldTwice()
    {
        string? answer = null;
        var isSeen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var pair = await StreamPair.StartAsync(Revision.V20250618, f =>
        {
            f.OnTool("work", async x =>
            {
                answer = Rpc.Result(x.Request.Id, """{"content":[{"type":"text","text":"resumed"}]}""");
                await x.SendEventsAsync($"id: a\nretry: 1\ndata: {Log("one")}\n\nid: b\ndata: {StreamPair.ProgressMessage(x, 1)}\n\n");
                await isSeen.Task;
                x.Abort();
            });

            // A server that repeats what has been seen.
            OnResume(f, "b", _ => $"id: a\ndata: {Log("one")}\n\nid: c\ndata: {Log("two")}\n\nid: d\ndata: {answer}\n\n");
        }, Revision.V20250618);
        await pair.Client.RequestAsync("logging/setLevel", """{"level":"debug"}""");

        using var post = await pair.Client.StreamAsync(pair.Call());
        ClientEvent[] first = [(await post.NextAsync())!, (await post.NextAsync())!];
        isSeen.SetResult();
        var events = first.Concat(await post.RestAsync()).ToArray();

        Assert.Equal("resumed", events[^1].Text);
        Assert.Equal(["one", "progress", "two"], events[..^1].Select(e =>
            e.Message.GetProperty("params").TryGetProperty("data", out var data) ? data.GetString() : "progress"));
        Assert.Single(pair.Server.Of("tools/call"));
    }

    [Fact]
    public async Task Call_IsLost_AndNotRepeated_WhenTheServerDoesNotGiveTheRest()
    {
        await using var pair = await StreamPair.StartAsync(Revision.V20250618, f => f.OnTool("work", async x =>
        {
            await x.SendEventsAsync(Priming);
        }));

        // Without a GET stream the server answers 405.
        var answer = await pair.Client.CallAsync("s_work");

        Assert.Equal(-31011, answer.Code);
        Assert.Contains("may have run", answer.Error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Single(pair.Server.Of("tools/call"));
    }

    [Fact]
    public async Task Call_TimesOut_WhenTheServerPollsForEver()
    {
        await using var pair = await StreamPair.StartAsync(
            Revision.V20250618,
            f =>
            {
                f.OnTool("work", x => x.SendEventsAsync(Priming));
                OnResume(f, "e0", _ => ": nothing yet\n\n");
            },
            configure: c => c with { Tools = new Dictionary<string, ToolConfig> { ["work"] = new() { Timeout = TimeSpan.FromSeconds(2) } } });

        var answer = await pair.Client.CallAsync("s_work");

        Assert.Equal(-31014, answer.Code);
        await pair.Server.WaitForAsync("notifications/cancelled");
        Assert.Single(pair.Server.Of("tools/call"));
    }

    [Fact]
    public async Task Stream_IsAnsweredAfterItWasMirrored_WithProgressBefore()
    {
        var isClosed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        string? call = null;
        await using var pair = await StreamPair.StartAsync(Revision.V20251125, f =>
        {
            f.OnTool("work", async x =>
            {
                call = Rpc.Result(x.Request.Id, """{"content":[{"type":"text","text":"later"}]}""");
                await x.SendEventsAsync(Priming + $"id: e1\ndata: {StreamPair.ProgressMessage(x, 1)}\n\n");
            });
            OnResume(f, "e1", async _ =>
            {
                await isClosed.Task;
                return $"id: e2\ndata: {call}\n\n";
            });
        });

        using var post = await pair.Client.StreamAsync(pair.Call());
        var events = await post.RestAsync();
        isClosed.SetResult();
        using var get = await pair.Client.StreamAsync(events.Last(e => e.Id is not null).Id);
        var rest = await get.RestAsync();

        Assert.Equal(["1-0", "1-1"], events.Where(e => e.Id is not null).Select(e => e.Id));
        Assert.Equal(30, events[^1].Retry);
        Assert.Equal("later", Assert.Single(rest).Text);
    }

    /// <summary>A tool whose answer only comes to whoever asks for it, and not before a task has ended, if there is one.</summary>
    private static void Poll(FakeUpstream fake, string text, Task? before = null)
    {
        string? id = null;
        fake.OnTool("work", x =>
        {
            id = x.Request.Id;
            return x.SendEventsAsync(Priming);
        });
        OnResume(fake, "e0", async _ =>
        {
            await (before ?? Task.CompletedTask);
            return "id: e1\ndata: " + Rpc.Result(id!, "{\"content\":[{\"type\":\"text\",\"text\":\"" + text + "\"}]}") + "\n\n";
        });
    }

    private static void OnResume(FakeUpstream fake, string last, Func<FakeRequest, string> events) =>
        OnResume(fake, last, request => Task.FromResult(events(request)));

    private static void OnResume(FakeUpstream fake, string last, Func<FakeRequest, Task<string>> events) => fake.OnHttp = async (http, request) =>
    {
        if (request.HttpMethod != "GET" || request.Header("Last-Event-ID") != last)
        {
            return false;
        }

        http.Response.ContentType = "text/event-stream";
        await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(http.Response, await events(request));
        return true;
    };

    private static string Log(string text) => Rpc.Notification("notifications/message", "{\"level\":\"info\",\"data\":\"" + text + "\"}");
}
