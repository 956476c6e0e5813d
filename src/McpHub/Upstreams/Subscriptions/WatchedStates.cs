using McpHub.Bridging.Tasks;
using McpHub.Protocol;

namespace McpHub.Upstreams.Subscriptions;

/// <summary>
/// What is known of the tasks that one watch is about: which have not ended, and of which the server may have said something that
/// nobody heard. Tells the watcher of each state, in the order in which they were. Thread-safe.
/// </summary>
internal sealed class WatchedStates(IReadOnlyCollection<string> ids, ITaskWatcher watcher)
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _going = [.. ids];
    private readonly HashSet<string> _unheard = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when every task has ended, or is gone: such a one never changes.</summary>
    public Task Ended => _ended.Task;

    /// <summary>The tasks that have not ended.</summary>
    public IReadOnlyCollection<string> Going
    {
        get
        {
            lock (_lock)
            {
                return [.. _going];
            }
        }
    }

    /// <summary>The tasks that the server has to be asked for.</summary>
    public IReadOnlyCollection<string> Unheard
    {
        get
        {
            lock (_lock)
            {
                return [.. _unheard];
            }
        }
    }

    /// <summary>Nobody has listened for a while: any task may have changed.</summary>
    public void Lose()
    {
        lock (_lock)
        {
            _unheard.UnionWith(_going);
        }
    }

    /// <summary>Takes the params of a <c>notifications/tasks</c>. Never throws.</summary>
    public void Take(ReadOnlySpan<byte> parameters)
    {
        if (JsonMembers.TryGet(parameters, "taskId"u8, out var json) && JsonText.Decode(json) is { } id)
        {
            lock (_lock)
            {
                _unheard.Remove(id);
                Tell(id, parameters);
            }
        }
    }

    /// <summary>Takes what the server answers to a <c>tasks/get</c>, unless it has said something since that was asked.</summary>
    public void TakeAnswer(string id, ReadOnlySpan<byte> result)
    {
        lock (_lock)
        {
            if (_unheard.Remove(id))
            {
                Tell(id, result);
            }
        }
    }

    /// <summary>The server does not have the task any more: there is nothing to tell of it.</summary>
    public void Forget(string id)
    {
        lock (_lock)
        {
            _unheard.Remove(id);
            End(id);
        }
    }

    private void Tell(string id, ReadOnlySpan<byte> task)
    {
        if (!_going.Contains(id))
        {
            return;
        }

        watcher.OnTask(id, task);
        if (JsonMembers.TryGet(task, "status"u8, out var status)
            && (JsonText.Is(status, "completed"u8) || JsonText.Is(status, "failed"u8) || JsonText.Is(status, "cancelled"u8)))
        {
            End(id);
        }
    }

    private void End(string id)
    {
        _going.Remove(id);
        if (_going.Count == 0)
        {
            _ended.TrySetResult();
        }
    }
}
