using System.Collections.Concurrent;

namespace McpHub.FunctionalTests.Caching;

/// <summary>What the native tools of these tests read and write, and what it is told.</summary>
internal sealed class NoteStore : ICacheEventSubscriber<NoteStore.NoteDropped>, ICacheEventSubscriber<ICacheEvent>
{
    private int _reads;

    public ConcurrentDictionary<int, int> Notes { get; } = new();

    public int Reads => _reads;

    public ConcurrentQueue<string> Told { get; } = new();

    /// <summary>The types of all events.</summary>
    public ConcurrentQueue<string> All { get; } = new();

    public int Read(int id)
    {
        Interlocked.Increment(ref _reads);
        return Notes.GetValueOrDefault(id);
    }

    public void OnEvent(NoteDropped cacheEvent) => Told.Enqueue(cacheEvent.What);

    public void OnEvent(ICacheEvent cacheEvent)
    {
        All.Enqueue(cacheEvent.GetType().Name);
        throw new InvalidOperationException("A subscriber that fails stops nobody.");
    }

    /// <summary>Notes are gone.</summary>
    internal sealed record NoteDropped(string What) : ICacheEvent
    {
        public IReadOnlyList<string> Tags => ["note:*"];
    }
}
