using McpHub.Bridging.Tasks;
using McpHub.Upstreams.Subscriptions;

namespace McpHub.Upstreams;

/// <content>The server's tasks that clients want to be told of.</content>
internal sealed partial class Upstream
{
    public ITaskWatch Watch(IReadOnlyCollection<string> ids, ITaskWatcher watcher) =>
        new TaskWatch(Name, ids, watcher, WhenConnectedAsync, _time, _logger);

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
