using System.Diagnostics.CodeAnalysis;

namespace McpHub.Bridging.Tasks;

/// <summary>
/// What a client has yet to be told of tasks: of each the newest state, as a whole message. Bounded, because the ids are, and the bytes.
/// Not thread-safe.
/// </summary>
internal sealed class PendingTasks
{
    /// <summary>How many bytes may be pending. Each state has the task's result in it: room for one of the largest, and many ordinary ones.</summary>
    public const int MostBytes = 8 * 1024 * 1024;

    private readonly Dictionary<string, byte[]> _newest = [];

    // The task that waits longest comes first: one that changes all the time must not keep the others from being told.
    private readonly Queue<string> _order = new();
    private int _bytes;

    /// <summary>A task has changed. What is pending of the same task is not told any more: the newest state says it all.</summary>
    /// <param name="id">The id that the client knows.</param>
    /// <param name="message">The whole notification.</param>
    /// <returns><see langword="false"/> when that is too much, and it was not taken. A single task is never too much.</returns>
    public bool TryAdd(string id, byte[] message)
    {
        var older = _newest.GetValueOrDefault(id);
        var bytes = _bytes - (older?.Length ?? 0) + message.Length;
        if (bytes > MostBytes && _newest.Count > (older is null ? 0 : 1))
        {
            return false;
        }

        if (older is null)
        {
            _order.Enqueue(id);
        }

        _newest[id] = message;
        _bytes = bytes;
        return true;
    }

    /// <summary>Takes one message out.</summary>
    public bool TryTake([NotNullWhen(true)] out byte[]? message)
    {
        message = null;
        if (!_order.TryDequeue(out var id))
        {
            return false;
        }

        _newest.Remove(id, out message);
        _bytes -= message!.Length;
        return true;
    }
}
