using McpHub.Bridging.Tasks;
using McpHub.Upstreams.Subscriptions;

namespace McpHub.Upstreams;

/// <content>The server's tasks that clients want to be told of.</content>
internal sealed partial class Upstream
{
    /// <summary>How many listen requests of clients it is asked to tell of tasks, at the same time. Each is a request of its own that stays open.</summary>
    public const int MostTaskWatches = 1000;

    private int _taskWatches;

    public ITaskWatch? TryWatch(IReadOnlyCollection<string> ids, ITaskWatcher watcher)
    {
        if (Interlocked.Increment(ref _taskWatches) <= MostTaskWatches)
        {
            return new TaskWatch(Name, ids, watcher, WhenConnectedAsync, () => Interlocked.Decrement(ref _taskWatches), _time, _logger);
        }

        Interlocked.Decrement(ref _taskWatches);
        return null;
    }

    /// <summary>Waits, as long as it takes, until the server is connected. It is no reason to connect sooner.</summary>
    /// <returns><see langword="null"/> when it never will be: it was removed or replaced.</returns>
    private async Task<UpstreamConnection?> WhenConnectedAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var changed = _stateChanged.Task;
            if (_state.Status == UpstreamStatus.Stopped)
            {
                return null;
            }

            if (_connection is { Closed.IsCompleted: false } connection)
            {
                return connection;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }
}
