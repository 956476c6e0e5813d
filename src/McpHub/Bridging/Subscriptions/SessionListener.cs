using McpHub.Catalog;
using McpHub.Pipeline;

namespace McpHub.Bridging.Subscriptions;

/// <summary>
/// A legacy session as a listener. What it is told goes out on the session's unsolicited stream; while there is none, or it is full,
/// it stays pending. Small: there is one for each session.
/// </summary>
internal sealed class SessionListener(ClientSession session, SubscriptionHub hub)
    : ChangeListener(session.Endpoint, session.Features)
{
    private volatile bool _isStalled;
    private int _flushes;

    public override bool IsModern => false;

    public override Caller Caller => session.Caller;

    /// <summary>The client has said that it is ready: it is told of lists too.</summary>
    public void HearLists() => Lists = ListKinds.All;

    /// <summary>Sends what is pending, as far as the client takes it. Never waits: one thread sends, and looks again for the others.</summary>
    public void Flush()
    {
        if (Interlocked.Increment(ref _flushes) > 1)
        {
            return;
        }

        int seen;
        do
        {
            seen = Volatile.Read(ref _flushes);
            Send();
        }
        while (Interlocked.CompareExchange(ref _flushes, 0, seen) != seen);
    }

    public override void Tick()
    {
        if (_isStalled)
        {
            Flush();
        }
    }

    /// <summary>The session, which goes on, is told of nothing any more.</summary>
    public override void End() => hub.Remove(this);

    protected override void OnPending() => Flush();

    private void Send()
    {
        var stream = session.Unsolicited;
        _isStalled = false;
        if (ReferenceEquals(stream, NullClientStream.Instance))
        {
            return;
        }

        while (TryTake(out var list, out var uri))
        {
            if (!stream.TrySend(ChangeMessages.Change(list, uri, [])))
            {
                PutBack(list, uri);
                _isStalled = true;
                return;
            }
        }
    }
}
