using System.Diagnostics.CodeAnalysis;

namespace McpHub.Batching;

/// <summary>A queue by priority in which waiting counts too: each ageing interval is worth one step of priority. Not thread-safe.</summary>
/// <remarks>
/// Because all grow older alike, an item's rank never changes: the time at which it came, less an interval for each step of its
/// priority. So nothing is sorted anew as time goes by, and an item can be overtaken only by those that came within (the difference of
/// the priorities) × (the interval) after it.
/// </remarks>
/// <typeparam name="T">What waits.</typeparam>
internal sealed class AgeingQueue<T>
{
    private readonly PriorityQueue<T, QueueRank> _items = new();

    public int Count => _items.Count;

    public void Add(T item, QueueRank rank) => _items.Enqueue(item, rank);

    /// <summary>The next item, which stays in the queue.</summary>
    public bool TryPeek([MaybeNullWhen(false)] out T item, out QueueRank rank) => _items.TryPeek(out item, out rank);

    /// <summary>Takes the next item.</summary>
    public T Take() => _items.Dequeue();
}
