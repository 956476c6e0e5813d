using McpHub.Bridging.Tasks;

namespace McpHub.NativeTools.Tasks;

/// <summary>Tells somebody of some tasks of native tools. Such a task changes once: when it ends.</summary>
internal sealed class NativeTaskWatch : ITaskWatch
{
    private readonly NativeTasks _tasks;
    private readonly HashSet<string> _ids;
    private readonly ITaskWatcher _watcher;

    public NativeTaskWatch(NativeTasks tasks, IReadOnlyCollection<string> ids, ITaskWatcher watcher)
    {
        _tasks = tasks;
        _watcher = watcher;
        _ids = [.. ids];

        // Before looking: what ends from here on is told of.
        tasks.Ended += OnEnded;
        Honoured = Task.FromResult<IReadOnlyCollection<string>>([.. ids.Where(id => tasks.Find(id) is not null)]);
    }

    public Task<IReadOnlyCollection<string>> Honoured { get; }

    public ValueTask DisposeAsync()
    {
        _tasks.Ended -= OnEnded;
        return ValueTask.CompletedTask;
    }

    private void OnEnded(NativeTaskRecord task)
    {
        if (_ids.Contains(task.Id))
        {
            _watcher.OnTask(task.Id, NativeTaskAnswers.Describe(task));
        }
    }
}
