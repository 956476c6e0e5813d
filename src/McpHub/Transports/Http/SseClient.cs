using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Security.Authentication;
using McpHub.Transports.Http.Streams;
using Microsoft.AspNetCore.Http;

namespace McpHub.Transports.Http;

/// <summary>A client over HTTP+SSE of 2024-11-05. It lasts as long as its GET; everything to it goes out on that stream. Thread-safe.</summary>
/// <param name="id">What its POSTs name it by.</param>
/// <param name="endpoint">The endpoint that it was opened on.</param>
/// <param name="caller">Who opened it.</param>
/// <param name="stream">The stream.</param>
/// <param name="watch">What looks at the credential that the stream may go on by.</param>
internal sealed class SseClient(string id, string endpoint, Caller caller, SessionStream stream, CredentialWatch watch)
{
    // A client that sends more at once, or doesn't read what it has asked for, is refused until it has caught up.
    private const int MostInFlight = 256;

    private ClientSession? _session;
    private volatile bool _hasEnded;
    private int _inFlight;

    public string Id { get; } = id;

    public SessionStream Stream { get; } = stream;

    /// <summary>What the handshake has opened; <see langword="null"/> before it.</summary>
    public ClientSession? Session => Volatile.Read(ref _session);

    /// <summary>Whether a message to this endpoint and of this caller is one of the client's.</summary>
    public bool IsOf(string at, Caller sender) =>
        string.Equals(endpoint, at, StringComparison.OrdinalIgnoreCase) && string.Equals(caller.Key, sender.Key, StringComparison.Ordinal);

    /// <summary>Goes on by the credential of a message: the session has its rights from now on, and if they are the same, the stream lasts as long as it.</summary>
    public void Take(HttpRequest request, Caller sender)
    {
        if (_session is { } session)
        {
            session.Caller = sender;
        }

        watch.Renew(request, sender);
    }

    public void Open(ClientSession session)
    {
        session.Unsolicited = Stream;

        // A client that greets again has no more use for what it opened before.
        Interlocked.Exchange(ref _session, session)?.End();
        if (_hasEnded)
        {
            session.Unsolicited = NullClientStream.Instance;
            session.End();
        }
    }

    /// <summary>Takes a place for one request.</summary>
    /// <returns>Whether there is one.</returns>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _inFlight) <= MostInFlight && Stream.Backlog < MostInFlight)
        {
            return true;
        }

        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _inFlight);

    /// <summary>Makes a request one that the client can cancel, and that ends with it.</summary>
    public void Track(McpContext context)
    {
        if (_session is { } session && context.Envelope.Kind == EnvelopeKind.Request)
        {
            context.InFlight = session.InFlight;
            context.InFlight.Add(context);
            if (_hasEnded)
            {
                context.Cancel();
            }
        }
    }

    /// <summary>The GET is over, and so is everything that was to be told on it.</summary>
    public void End()
    {
        _hasEnded = true;
        if (_session is { } session)
        {
            session.Unsolicited = NullClientStream.Instance;
            session.End();
        }
    }
}
