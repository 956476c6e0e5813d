using System.Diagnostics.CodeAnalysis;
using McpHub.Bridging.Tasks;
using McpHub.Protocol;

namespace McpHub.Bridging.Subscriptions;

/// <content>The tasks that its client is told of (tasks extension, "Notifications").</content>
internal sealed partial class ListenRequest
{
    private readonly List<ITaskWatch> _watches = [];
    private PendingTasks? _pendingTasks;

    /// <summary>A task has changed. Called on any thread; never waits.</summary>
    /// <param name="clientId">The id that the client knows.</param>
    /// <param name="message">The whole notification.</param>
    public void TellTask(string clientId, byte[] message)
    {
        lock (Sync)
        {
            if (_isEnded)
            {
                return;
            }

            // A client that reads so slowly is answered, rather than left in the belief that it hears everything.
            _pendingTasks ??= new PendingTasks();
            _isEnded = !_pendingTasks.TryAdd(clientId, message);
        }

        OnPending();
    }

    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    private Failure? Watch(IReadOnlyList<WatchedTasks> tasks)
    {
        foreach (var watched in tasks)
        {
            if (watched.Source.TryWatch(watched.Ids, new ListenedTasks(this, watched, _id)) is not { } watch)
            {
                return new Failure(
                    FailureKind.Overloaded, $"Too many requests listen to tasks of server '{watched.Source.Name}' already. Ask for the tasks by 'tasks/get', or try again later.");
            }

            _watches.Add(watch);
        }

        return null;
    }

    /// <returns>The client's ids of those tasks that it will be told of.</returns>
    private async ValueTask<IReadOnlyList<string>> WhenWatchedAsync(IReadOnlyList<WatchedTasks> tasks, CancellationToken cancellationToken)
    {
        if (tasks.Count == 0)
        {
            return [];
        }

        await ((Task)Task.WhenAll(_watches.Select(w => w.Honoured))).WaitAsync(EstablishLimit, hub.Time, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        var honoured = new List<string>();
        for (var i = 0; i < tasks.Count; i++)
        {
            var ids = _watches[i].Honoured is { IsCompletedSuccessfully: true } told ? await told : tasks[i].Ids;
            honoured.AddRange(ids.SelectMany(id => tasks[i].ClientIds[id]));
        }

        return honoured;
    }

    /// <summary>Whatever was asked of servers for this request has ended when this completes.</summary>
    private Task UnwatchAsync() => Task.WhenAll(_watches.Select(w => w.DisposeAsync().AsTask()));

    private bool TryTakeTask([NotNullWhen(true)] out byte[]? message)
    {
        lock (Sync)
        {
            message = null;
            return _pendingTasks is not null && _pendingTasks.TryTake(out message);
        }
    }
}
