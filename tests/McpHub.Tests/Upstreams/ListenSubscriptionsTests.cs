using McpHub.Catalog;
using McpHub.Protocol;
using McpHub.Testing;
using McpHub.Upstreams;
using McpHub.Upstreams.Subscriptions;
using Microsoft.Extensions.Logging.Abstractions;

namespace McpHub.Tests.Upstreams;

public sealed class ListenSubscriptionsTests
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AckLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Stable = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Pause_GoesOnDoubling_WhileStreamsEndSoonAfterTheirAcknowledgement()
    {
        await RunAsync(async (connection, _, time) =>
        {
            for (var pause = FirstPause; pause <= FirstPause * 32; pause *= 2)
            {
                var open = await connection.NextAsync();
                open.Acknowledge();
                open.Fail();
                await PauseAsync(time, pause);
            }
        });
    }

    [Fact]
    public async Task Pause_IsTheShortestAgain_AfterAStreamThatLasted()
    {
        await RunAsync(async (connection, events, time) =>
        {
            for (var pause = FirstPause; pause <= FirstPause * 8; pause *= 2)
            {
                (await connection.NextAsync()).Fail();
                await PauseAsync(time, pause);
            }

            var open = await connection.NextAsync();
            open.Acknowledge();

            // The acknowledgement has been seen.
            Assert.True(await events.Unheard.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken));
            time.Advance(Stable);
            open.Fail();

            await PauseAsync(time, FirstPause);
            await connection.NextAsync();
        });
    }

    [Fact]
    public async Task Server_ThatAcknowledgesLate_IsHeardOnceMore()
    {
        await RunAsync(async (connection, events, time) =>
        {
            var open = await connection.NextAsync();
            await PauseAsync(time, AckLimit);
            Assert.True(await events.Heard.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken));

            open.Acknowledge();

            Assert.True(await events.Heard.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken));
        });
    }

    private static async Task RunAsync(Func<ScriptedConnection, HeardEvents, FakeTimeProvider, Task> test)
    {
        var time = new FakeTimeProvider();
        var events = new HeardEvents();
        await using var connection = new ScriptedConnection();
        await using var listening = new ListenSubscriptions("s", connection, new WantedResources(), events, Task.CompletedTask, time, NullLogger.Instance);
        using var ended = new CancellationTokenSource();
        var running = listening.RunAsync(ended.Token);
        await test(connection, events, time);
        await ended.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private static async Task PauseAsync(FakeTimeProvider time, TimeSpan expected)
    {
        await Patience.UntilAsync(() => time.HasTimer(expected), $"it pauses for {expected}");
        time.Advance(expected);
    }

    /// <summary>A connection on which each listen request does what the test says.</summary>
    private sealed class ScriptedConnection() : UpstreamConnection("s", new HeardEvents(), NullLogger.Instance)
    {
        private readonly System.Threading.Channels.Channel<Listen> _listens = System.Threading.Channels.Channel.CreateUnbounded<Listen>();

        public async Task<Listen> NextAsync() => await _listens.Reader.ReadAsync().AsTask().WithinLimitAsync("a listen request");

        public override async ValueTask<UpstreamReply> SendAsync(UpstreamCall call, CancellationToken cancellationToken)
        {
            var listen = new Listen(call);
            _listens.Writer.TryWrite(listen);
            return await listen.Reply.WaitAsync(cancellationToken);
        }

        public override ValueTask PostAsync(Utf8Buffer message, CancellationToken cancellationToken)
        {
            message.Dispose();
            return ValueTask.CompletedTask;
        }

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Listen(UpstreamCall call)
    {
        private readonly TaskCompletionSource<UpstreamReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<UpstreamReply> Reply => _reply.Task;

        public void Acknowledge() => call.Ack!.Take("""{"notifications":{"toolsListChanged":true}}"""u8);

        public void Fail() => _reply.TrySetException(new UpstreamException(FailureKind.UpstreamLost, "The stream broke."));
    }

    private sealed class HeardEvents : IUpstreamEvents
    {
        /// <summary>Released each time it is told that anything may have changed.</summary>
        public SemaphoreSlim Unheard { get; } = new(0);

        public void OnListChanged(ListMember list)
        {
        }

        public void OnResourceUpdated(string uri)
        {
        }

        /// <summary>Released each time it is told that the server can be heard.</summary>
        public SemaphoreSlim Heard { get; } = new(0);

        public void OnHeard() => Heard.Release();

        public void OnUnheard(bool isNewSession) => Unheard.Release();
    }
}
