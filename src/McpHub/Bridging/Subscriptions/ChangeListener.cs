using McpHub.Catalog;
using McpHub.Pipeline;

namespace McpHub.Bridging.Subscriptions;

/// <summary>
/// One client that wants to be told of changes on one endpoint. Telling it never waits: it notes what has changed, and sees itself to
/// when and how the client hears of it. Thread-safe.
/// </summary>
/// <param name="server">The server in the endpoint's path; empty for all together.</param>
/// <param name="features">What of the client's capabilities servers go by: it decides which lists the client sees.</param>
internal abstract class ChangeListener(string server, ClientFeatures features = ClientFeatures.None)
{
    private PendingChanges _pending;

    public string Server { get; } = server;

    /// <summary>Who listens.</summary>
    public abstract Caller Caller { get; }

    public ClientFeatures Features { get; } = features;

    /// <summary>Whether it listens by a request that stays open (2026-07-28), and not by a session.</summary>
    public abstract bool IsModern { get; }

    /// <summary>The lists that it is told of.</summary>
    public ListKinds Lists { get; protected set; }

    /// <summary>The resources that it has subscribed to; only <see cref="TopicTable"/> touches it.</summary>
    public HashSet<Topic> Topics { get; } = [];

    /// <summary>Whether it is told of nothing any more, and can subscribe to nothing; only <see cref="TopicTable"/> touches it.</summary>
    public bool IsForgotten { get; set; }

    protected Lock Sync { get; } = new();

    public void Tell(ListKinds lists)
    {
        if ((lists & Lists) != ListKinds.None)
        {
            lock (Sync)
            {
                _pending.Add(lists & Lists);
            }

            OnPending();
        }
    }

    /// <inheritdoc cref="PendingChanges.Add(string, string)"/>
    public void Tell(string uri, string subscribed)
    {
        lock (Sync)
        {
            _pending.Add(uri, subscribed);
        }

        OnPending();
    }

    /// <summary>The hub's clock has ticked: about once a second.</summary>
    public abstract void Tick();

    /// <summary>The gateway has no more to tell: it shuts down, or the endpoint is gone.</summary>
    public abstract void End();

    /// <summary>Something is pending. Called on any thread; must not wait.</summary>
    protected abstract void OnPending();

    /// <inheritdoc cref="PendingChanges.TryTake"/>
    protected bool TryTake(out ListKinds list, out string? uri)
    {
        lock (Sync)
        {
            return _pending.TryTake(out list, out uri);
        }
    }

    /// <summary>What was taken could not be told: it is still pending.</summary>
    protected void PutBack(ListKinds list, string? uri)
    {
        lock (Sync)
        {
            _pending.Add(list);
            if (uri is not null)
            {
                _pending.Add(uri, uri);
            }
        }
    }
}
