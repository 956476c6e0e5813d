using System.Collections.Concurrent;
using McpHub.ConformanceServer.Subscriptions;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace McpHub.ConformanceServer.Tasks;

/// <summary>The tasks of the process, until they expire. Safe for concurrent use.</summary>
internal sealed class TaskStore(SubscriptionHub hub)
{
    private const int MaximumTasks = 10_000;
    private static readonly TimeSpan TimeToLive = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, FixtureTask> _tasks = new(StringComparer.Ordinal);

    /// <summary>Starts work that goes on after the call that asked for it was answered.</summary>
    /// <exception cref="McpException">There are too many tasks already.</exception>
    public FixtureTask Start(Func<TaskInput, CancellationToken, Task<CallToolResult>> work)
    {
        RemoveExpired();
        if (_tasks.Count >= MaximumTasks)
        {
            throw new McpException("There are too many tasks.");
        }

        var task = new FixtureTask(TimeToLive, task => hub.PublishAsync(Change.OfTask(task), CancellationToken.None));
        _tasks[task.Id] = task;

        // Never fails: whatever the work throws becomes the outcome of the task.
        _ = Task.Run(() => task.RunAsync(work));
        return task;
    }

    /// <exception cref="McpProtocolException">There is no such task, or it has expired.</exception>
    public FixtureTask Get(string id) => _tasks.TryGetValue(id, out var task) && !task.IsExpired
        ? task
        : throw new McpProtocolException("There is no such task.", McpErrorCode.InvalidParams);

    private void RemoveExpired()
    {
        foreach (var (id, task) in _tasks)
        {
            if (task.IsExpired && _tasks.TryRemove(id, out _))
            {
                task.Dispose();
            }
        }
    }
}
