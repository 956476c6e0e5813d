using System.Buffers;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Transports.Http.Streams;
using Microsoft.AspNetCore.Http;

namespace McpHub.Transports.Http;

/// <summary>The answer as an event stream.</summary>
/// <remarks>
/// In a session the stream outlives its connection: what is sent after the client has gone away waits for it in the session's store.
/// Without a session nobody can come back, and the stream ends with its connection.
/// </remarks>
internal sealed partial class HttpExchange
{
    private SessionStream? _stream;
    private Task? _pump;
    private bool _isMirror;
    private bool _mayPoll;

    /// <summary>Whether the answer has become an event stream already, so that its status is sent.</summary>
    public bool HasBegun => _pump is not null;

    /// <summary>Whether the client takes an event stream as an answer.</summary>
    public static bool AcceptsStream(HttpRequest request)
    {
        var accept = request.Headers.Accept;
        return accept.Count > 0 && accept.ToString() is var types
            && (types.Contains("text/event-stream", StringComparison.OrdinalIgnoreCase) || types.Contains("*/*", StringComparison.Ordinal));
    }

    /// <summary>Whether the request shares its connection with others that run at the same time: HTTP/2 and HTTP/3.</summary>
    public static bool IsMultiplexed(HttpRequest request) => !request.Protocol.StartsWith("HTTP/1", StringComparison.Ordinal);

    public bool TrySend(Utf8Buffer message)
    {
        lock (_lock)
        {
            if (_isOpen && TryBegin(TimeSpan.Zero))
            {
                return _stream!.TrySend(message);
            }
        }

        message.Dispose();
        return false;
    }

    public ValueTask<bool> SendAsync(Utf8Buffer message, CancellationToken cancellationToken)
    {
        SessionStream? stream = null;
        lock (_lock)
        {
            if (_isOpen && TryBegin(TimeSpan.Zero))
            {
                stream = _stream;
            }
        }

        if (stream is null)
        {
            message.Dispose();
            return new ValueTask<bool>(false);
        }

        return stream.SendAsync(message, cancellationToken);
    }

    public void Mirror(bool mayPoll)
    {
        lock (_lock)
        {
            if (_isOpen && Session is not null && AcceptsStream(Http.Request))
            {
                _isMirror = true;
                _mayPoll |= mayPoll;
            }
        }
    }

    public bool CloseForPolling(TimeSpan retry)
    {
        lock (_lock)
        {
            if (!_isOpen || Session is not { Revision: >= Revision.V20251125 })
            {
                return false;
            }

            _mayPoll = true;
            return TryBegin(retry) && _stream!.CloseForPolling(retry);
        }
    }

    /// <summary>The client's session over HTTP.</summary>
    private ClientSession? Session => Context.Session is { Id.Length: > 0 } session ? session : null;

    /// <summary>Makes the answer an event stream, if it isn't one yet.</summary>
    /// <param name="retry">What the client is told to wait before it comes back; zero for what is usual.</param>
    private bool TryBegin(TimeSpan retry)
    {
        if (_pump is not null)
        {
            return true;
        }

        // A client that has gone before it got an id can't come back for what it is sent now.
        if (!AcceptsStream(Http.Request) || Http.RequestAborted.IsCancellationRequested)
        {
            return false;
        }

        // The request goes on after its response has ended. Over HTTP/1.1 the connection is held up by it that long, and must not be
        // used for the client's next request.
        var isMultiplexed = IsMultiplexed(Http.Request);
        if (_mayPoll && !isMultiplexed)
        {
            Http.Response.Headers.Connection = "close";
        }

        var store = Session is { } session ? SessionStreams.Of(session, _time) : new SessionStreams(_time);
        var reader = new EventReader(canClose: _mayPoll || isMultiplexed);
        var stream = store.Open(reader);
        var head = new ArrayBufferWriter<byte>(64);
        if (store.IsPrimed)
        {
            EventStreamWriter.WritePriming(head, new EventId(stream.Number, 0), retry > TimeSpan.Zero ? retry : EventStreamWriter.Retry);
        }

        var writer = new EventStreamWriter(Http, store, stream, reader, _time);
        _stream = stream;
        _pump = Task.Run(() => writer.RunAsync(head.WrittenMemory, CancellationToken.None));
        return true;
    }

    private async ValueTask AnswerOnStreamAsync(Utf8Buffer message)
    {
        if (_stream is null)
        {
            await WriteEventAsync(message);
            return;
        }

        _stream.Answer(message, Context.Id);
        await _pump!;
    }

    /// <summary>Ends a stream that gets no answer.</summary>
    public async ValueTask EndAsync()
    {
        _stream?.End();
        await _pump!;
    }

    /// <summary>Nothing went out before the answer: it is written at once, as the one event of a stream.</summary>
    private void AnswerAsStream(Utf8Buffer message)
    {
        message.ToOneLine();
        EventStreamWriter.Begin(Http.Response);
        var writer = Http.Response.BodyWriter;
        EventId? id = null;
        if (Session is { Revision: >= Revision.V20250326 } session)
        {
            var store = SessionStreams.Of(session, _time);
            var number = store.OpenAnswered(message.Span);
            id = new EventId(number, 1);
            if (store.IsPrimed)
            {
                EventStreamWriter.WritePriming(writer, new EventId(number, 0), EventStreamWriter.Retry);
            }
        }

        EventStreamWriter.WriteMessage(writer, id, message.Span);
    }

    private void ResetStream()
    {
        _stream = null;
        _pump = null;
        _isMirror = false;
        _mayPoll = false;
    }

    /// <summary>Whether the client names event streams before anything else, which says that it would rather have one.</summary>
    private static bool PrefersStream(HttpRequest request)
    {
        // Nearly all begin with an 'a', for application/json.
        var accept = request.Headers.Accept;
        return accept.Count > 0 && accept[0] is ['t' or 'T', ..] first && first.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase);
    }
}
