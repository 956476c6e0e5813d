namespace McpHub.Bridging.Tasks;

/// <summary>Whoever watches tasks. Is told on any thread, and must not wait.</summary>
internal interface ITaskWatcher
{
    /// <summary>A task is like this now.</summary>
    /// <param name="id">The source's own id.</param>
    /// <param name="task">The object with the members of the task.</param>
    void OnTask(string id, ReadOnlySpan<byte> task);

    /// <summary>The source will tell of nothing more, although the watch goes on.</summary>
    void OnEnded();
}
