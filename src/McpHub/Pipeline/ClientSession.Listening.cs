using McpHub.Bridging.Subscriptions;

namespace McpHub.Pipeline;

/// <content>What the session is told of without having asked just now: changes of lists and resources.</content>
internal sealed partial class ClientSession
{
    private SessionListener? _listener;
    private volatile bool _isEnded;

    /// <summary>Whether the client has ended the session, or it was forgotten.</summary>
    public bool IsEnded => _isEnded;

    /// <summary>The session as a listener, from its first need on.</summary>
    /// <returns><see langword="null"/> if the session has ended.</returns>
    public SessionListener? Listen(SubscriptionHub hub)
    {
        lock (this)
        {
            if (_listener is null && !_isEnded)
            {
                _listener = new SessionListener(this, hub);
                hub.Add(_listener);
            }

            return _listener;
        }
    }

    /// <summary>The session is over: what it has in flight is cancelled, and nothing is told to it any more.</summary>
    public void End()
    {
        CancelAll();
        lock (this)
        {
            _isEnded = true;
            _listener?.End();
            _listener = null;
        }

        Streams?.End();
    }
}
