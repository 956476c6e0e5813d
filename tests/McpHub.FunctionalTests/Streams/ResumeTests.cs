using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Streams;

/// <summary>A client whose connection broke in the middle of a call comes back for the rest.</summary>
public sealed class ResumeTests
{
    [Theory]
    [InlineData("2025-03-26")]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    public async Task Rest_OfACall_ComesByGet_WhenTheConnectionBroke(string revision)
    {
        Assert.True(Protocol.Revisions.TryParse(revision, out var parsed));
        var isGone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var pair = await StreamPair.StartAsync(parsed, f => f.OnTool("work", async x =>
        {
            await StreamPair.ProgressAsync(x, 1);
            await isGone.Task;
            await StreamPair.ProgressAsync(x, 2);
            await x.TextAsync("done");
        }));
        string? last;
        using (var post = await pair.Client.StreamAsync(pair.Call()))
        {
            last = (await ProgressAsync(post, 1)).Id;
        }

        isGone.SetResult();
        using var get = await pair.Client.StreamAsync(last);
        var progress = await ProgressAsync(get, 2);
        var answer = await get.NextAsync();

        Assert.Equal(("7", "done"), (answer!.Message.GetProperty("id").GetRawText(), answer.Text));
        Assert.Null(await get.NextAsync());
        Assert.Empty(pair.Server.Of("notifications/cancelled"));
        Assert.Single(pair.Server.Of("tools/call"));

        // Once more, because the second connection may break as well; and the client that has everything is told to stop.
        using var again = await pair.Client.StreamAsync(progress.Id);
        Assert.Equal(answer, Assert.Single(await again.RestAsync()));
        using var finished = await pair.Client.StreamAsync(answer.Id);
        Assert.Equal(204, finished.Status);
    }

    [Fact]
    public async Task Stream_ReplaysItsOwnEventsOnly()
    {
        await using var pair = await StreamPair.StartAsync(Revision.V20251125, f => f.OnTool("work", async x =>
        {
            await StreamPair.ProgressAsync(x, 1);
            await x.TextAsync("work");
        }).OnTool("echo", async x =>
        {
            await StreamPair.ProgressAsync(x, 5);
            await x.TextAsync("echo");
        }));
        using var work = await pair.Client.StreamAsync(pair.Call("s_work", "1"));
        using var echo = await pair.Client.StreamAsync(pair.Call("s_echo", "2"));
        var workEvents = await work.RestAsync();
        var echoEvents = await echo.RestAsync();

        using var workAgain = await pair.Client.StreamAsync(workEvents[0].Id);
        using var echoAgain = await pair.Client.StreamAsync(echoEvents[0].Id);

        Assert.Equal(workEvents.Skip(1), await workAgain.RestAsync());
        Assert.Equal(echoEvents.Skip(1), await echoAgain.RestAsync());
        Assert.Equal(6, workEvents.Concat(echoEvents).Select(e => e.Id).Distinct().Count());
        Assert.Equal(("work", "echo"), (workEvents[^1].Text, echoEvents[^1].Text));
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("9-0")]
    [InlineData("1-99")]
    [InlineData("0-0")]
    [InlineData("")]
    public async Task UnknownId_IsRefused_ButNotTheSession(string id)
    {
        await using var pair = await StreamPair.StartAsync(Revision.V20251125, f => f.OnTool("work", async x =>
        {
            await StreamPair.ProgressAsync(x, 1);
            await x.TextAsync("work");
        }));
        using var post = await pair.Client.StreamAsync(pair.Call());
        await post.RestAsync();

        using var request = pair.Client.Get(id);
        var answer = await pair.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal((400, -32600), (answer.Status, answer.Code));
        Assert.Equal(200, (await pair.Client.RequestAsync("tools/list")).Status);
    }

    [Fact]
    public async Task Ids_OfAnotherSession_AreUnknown()
    {
        await using var pair = await StreamPair.StartAsync(Revision.V20251125, f => f.OnTool("work", async x =>
        {
            await StreamPair.ProgressAsync(x, 1);
            await x.TextAsync("secret");
        }));
        using var post = await pair.Client.StreamAsync(pair.Call());
        var id = (await post.RestAsync())[0].Id;
        var other = await McpClient.ConnectAsync(pair.Gateway, Revision.V20251125);

        using var request = other.Get(id);
        var answer = await other.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(400, answer.Status);
        Assert.DoesNotContain("secret", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_StillEndsACall_WhoseClientIsAway()
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var pair = await StreamPair.StartAsync(Revision.V20251125, f => f.OnTool("work", async x =>
        {
            await StreamPair.ProgressAsync(x, 1);
            await x.HangAsync();
            cancelled.SetResult();
        }));
        string? last;
        using (var post = await pair.Client.StreamAsync(pair.Call()))
        {
            last = (await ProgressAsync(post, 1)).Id;
        }

        await pair.Client.NotifyAsync("notifications/cancelled", """{"requestId":7}""");

        await cancelled.Task.WithinLimitAsync("the cancel at the server");
        await pair.Server.WaitForAsync("notifications/cancelled");
        using var get = await pair.Client.StreamAsync(last);
        var answer = Assert.Single(await get.RestAsync());
        Assert.Equal(-31015, answer.Message.GetProperty("error").GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task Stream_OfAModernClient_HasNoIds_AndEndsWithItsConnection()
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var pair = await StreamPair.StartAsync(Revision.V20260728, f => f.OnTool("work", async x =>
        {
            await StreamPair.ProgressAsync(x, 1);
            await x.HangAsync();
            cancelled.SetResult();
        }));
        using (var post = await pair.Client.StreamAsync(pair.Call()))
        {
            Assert.Null((await ProgressAsync(post, 1)).Id);
        }

        await cancelled.Task.WithinLimitAsync("the cancel at the server");
    }

    private static async Task<ClientEvent> ProgressAsync(ClientEventStream stream, int value)
    {
        while (await stream.NextAsync() is { } next)
        {
            if (next.Data is { Length: > 0 })
            {
                Assert.Equal(value, next.Progress);
                return next;
            }
        }

        throw new InvalidOperationException("The stream has ended.");
    }
}
