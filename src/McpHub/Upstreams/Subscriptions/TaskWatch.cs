using McpHub.Bridging.Tasks;
using McpHub.Protocol;
using Microsoft.Extensions.Logging;

namespace McpHub.Upstreams.Subscriptions;

/// <summary>
/// Tells one client's listen request of some tasks of a server, by a <c>subscriptions/listen</c> of its own: tasks belong to one client,
/// so that there is nothing to share. It outlives connections: after each that was lost it listens anew, and asks how the tasks are,
/// because nothing is replayed. Thread-safe.
/// </summary>
internal sealed partial class TaskWatch : ITaskWatch
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StableAfter = TimeSpan.FromSeconds(10);

    // A server that listens and doesn't say so is taken at its deeds.
    private static readonly TimeSpan AckLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    // A hundred of them one after the other would take a distant server long.
    private const int AtOnce = 8;

    private const string NotTold = "It does not tell of these tasks.";

    private readonly string _name;
    private readonly IReadOnlyCollection<string> _ids;
    private readonly ITaskWatcher _watcher;
    private readonly WatchedStates _states;
    private readonly Func<CancellationToken, Task<UpstreamConnection?>> _connect;
    private readonly Action _over;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _ending = new();
    private readonly TaskCompletionSource<IReadOnlyCollection<string>> _honoured = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _running;

    /// <param name="name">The server's name.</param>
    /// <param name="ids">The server's ids of the tasks, each once.</param>
    /// <param name="watcher">Who is told.</param>
    /// <param name="connect">Waits for a connection; none when there will never be one again.</param>
    /// <param name="over">Called, on whatever thread, when the server is asked for nothing more.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public TaskWatch(
        string name,
        IReadOnlyCollection<string> ids,
        ITaskWatcher watcher,
        Func<CancellationToken, Task<UpstreamConnection?>> connect,
        Action over,
        TimeProvider time,
        ILogger logger)
    {
        _name = name;
        _ids = ids;
        _watcher = watcher;
        _states = new WatchedStates(ids, watcher);
        _connect = connect;
        _over = over;
        _time = time;
        _logger = logger;
        _running = Task.Run(RunAsync);
    }

    public Task<IReadOnlyCollection<string>> Honoured => _honoured.Task;

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _running;
        _ending.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            if (await WatchAsync(_ending.Token) is { } reason)
            {
                LogEnded(_logger, _name, reason);
                _watcher.OnEnded();
            }
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // The client listens no more.
        }
        catch (Exception e)
        {
            // Nobody else sees this task fail.
            LogBroken(_logger, e, _name);
            _watcher.OnEnded();
        }
        finally
        {
            _honoured.TrySetResult([]);
            _over();
        }
    }

    /// <returns>Why the client cannot be told any more; <see langword="null"/> if there is nothing more to tell, or never was to be.</returns>
    private async Task<string?> WatchAsync(CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        while (!_states.Ended.IsCompleted)
        {
            var connecting = _connect(cancellationToken);
            if (!connecting.IsCompleted)
            {
                // Nobody waits for a server that is away: it is asked when it comes back.
                _states.Lose();
                _honoured.TrySetResult(_ids);
            }

            if (await connecting is not { } connection)
            {
                return "It was removed or replaced.";
            }

            var started = _time.GetTimestamp();
            if (await ListenAsync(connection, cancellationToken) is { } refusal)
            {
                return _honoured.TrySetResult([]) ? null : refusal;
            }

            _states.Lose();
            if (!_states.Ended.IsCompleted)
            {
                pause = _time.GetElapsedTime(started) > StableAfter ? FirstPause : pause;
                await Task.Delay(pause, _time, cancellationToken);
                pause = Pause.Longer(pause, LongestPause);
            }
        }

        return null;
    }

    /// <summary>Listens until the server or the connection ends it, or every task has ended.</summary>
    /// <returns>Why the server does not tell of the tasks, and would not if it were asked again; else <see langword="null"/>.</returns>
    private async Task<string?> ListenAsync(UpstreamConnection connection, CancellationToken cancellationToken)
    {
        if (!connection.Revision.IsModern())
        {
            return "It speaks a revision now that has no such tasks.";
        }

        var asked = _states.Going;
        await using var open = new OpenListen(connection, (id, ack) => TaskRequests.Listen(id, asked, ack, _states));
        if (await WhenAcknowledgedAsync(connection, open, asked, cancellationToken) is { } refusal)
        {
            LogRefused(_logger, _name, refusal);
            return refusal;
        }

        // A closed HTTP connection leaves the streams that are open to those who read them.
        var over = Task.WhenAny(open.Ended, connection.Closed);
        await AskUnheardAsync(connection, over, cancellationToken);
        await Task.WhenAny(over, _states.Ended).WaitAsync(cancellationToken);
        if (over.IsCompleted)
        {
            LogLost(_logger, _name, open.Ended.IsCompleted ? (await open.Ended).Reason : await connection.Closed);
        }

        return null;
    }

    /// <returns>
    /// Why the server tells of none of the tasks, or no more of some that it was to tell of; <see langword="null"/> if it tells of all that
    /// the client counts on, or was lost before it said so.
    /// </returns>
    private async Task<string?> WhenAcknowledgedAsync(
        UpstreamConnection connection, OpenListen open, IReadOnlyCollection<string> asked, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAny(open.Ack.Filter, open.Ended).WaitAsync(AckLimit, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            _honoured.TrySetResult(asked);
            return null;
        }

        if (!open.Ack.Filter.IsCompleted)
        {
            var end = await open.Ended;
            if (end.IsRefusal)
            {
                return end.Reason;
            }

            // It is asked again as soon as it can be, and until then the client need not wait.
            _honoured.TrySetResult(asked);
            return null;
        }

        var honoured = (await open.Ack.Filter).TaskIds.Intersect(asked).ToArray();
        var missing = asked.Except(honoured).ToArray();
        if (_honoured.Task.IsCompleted)
        {
            // Nothing can be asked of a server that is gone again: then it is listened to anew.
            return await HaveEndedAsync(connection, missing, cancellationToken) || open.Ended.IsCompleted || connection.Closed.IsCompleted ? null : NotTold;
        }

        if (honoured.Length == 0)
        {
            return NotTold;
        }

        // The client learns that it is told nothing of the others.
        _honoured.TrySetResult(honoured);
        Array.ForEach(missing, _states.Forget);
        return null;
    }

    /// <summary>
    /// Asks how tasks are that the server does not tell of any more. It may be because they have ended; but of one that goes on, the
    /// client would wait for ever to be told.
    /// </summary>
    private async Task<bool> HaveEndedAsync(UpstreamConnection connection, string[] ids, CancellationToken cancellationToken)
    {
        await AskAllAsync(connection, ids, cancellationToken);
        return !_states.Going.Intersect(ids).Any();
    }

    /// <summary>Asks how the tasks are that may have changed unheard, until it is known of each or the listening has ended.</summary>
    private async Task AskUnheardAsync(UpstreamConnection connection, Task over, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        while (!over.IsCompleted && _states.Unheard is { Count: > 0 } unheard)
        {
            await AskAllAsync(connection, unheard, cancellationToken);
            if (_states.Unheard.Count > 0)
            {
                await over.WaitAsync(pause, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellationToken.ThrowIfCancellationRequested();
                pause = Pause.Longer(pause, LongestPause);
            }
        }
    }

    private Task AskAllAsync(UpstreamConnection connection, IEnumerable<string> ids, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        ids,
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
        (id, cancelled) => AskAsync(connection, id, cancelled));

    private async ValueTask AskAsync(UpstreamConnection connection, string id, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(AnswerLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            using var call = TaskRequests.Get(connection.NextId(), id);
            using var reply = await connection.SendAsync(call, either.Token);
            if (!reply.IsError)
            {
                _states.TakeAnswer(id, reply.Result.Span);
                return;
            }

            LogUnanswered(_logger, _name, reply.ErrorText);

            // It is no more, or a server that was replaced never had it. After any other error it is asked again.
            if (reply.ErrorCode is McpErrorCodes.InvalidParams or McpErrorCodes.MethodNotFound)
            {
                _states.Forget(id);
            }
        }
        catch (Exception e) when (e is UpstreamException or ObjectDisposedException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            LogUnanswered(_logger, _name, e.Message);
        }
    }

    [LoggerMessage(161, LogLevel.Debug, "Server {Server} does not tell of the tasks that it is asked to: {Reason}")]
    private static partial void LogRefused(ILogger logger, string server, string reason);

    [LoggerMessage(162, LogLevel.Debug, "Listening to tasks of server {Server} was interrupted: {Reason}")]
    private static partial void LogLost(ILogger logger, string server, string reason);

    [LoggerMessage(163, LogLevel.Debug, "Server {Server} did not say how a task is: {Reason}")]
    private static partial void LogUnanswered(ILogger logger, string server, string reason);

    [LoggerMessage(164, LogLevel.Debug, "A client that listens to tasks of server {Server} is let go: {Reason}")]
    private static partial void LogEnded(ILogger logger, string server, string reason);

    [LoggerMessage(165, LogLevel.Error, "Listening to tasks of server {Server} failed in a way that it should not have.")]
    private static partial void LogBroken(ILogger logger, Exception exception, string server);
}
