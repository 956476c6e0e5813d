using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Transports.Http.Streams;

/// <summary>
/// The event streams of one client and the store of their events, from which a client that lost a connection gets the rest
/// (2025-03-26 to 2025-11-25 Streamable HTTP, "Resumability and Redelivery"). Made with the first stream. Thread-safe.
/// </summary>
internal sealed partial class SessionStreams : ISessionStreams
{
    /// <summary>How long an event is kept, and how long the messages of no request wait for a client that is away.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly List<SessionStream> _streams = [];
    private readonly ClientSession? _session;
    private readonly TimeProvider _time;
    private SessionStream? _unsolicited;
    private int _lastNumber;
    private int _open;
    private bool _hasEnded;

    /// <summary>Streams that nobody can come back to.</summary>
    public SessionStreams(TimeProvider time) => _time = time;

    private SessionStreams(ClientSession session, TimeProvider time)
        : this(time) => _session = session;

    /// <summary>Whether events have ids.</summary>
    public bool HasIds => _session is { Revision: >= Revision.V20250326 };

    /// <summary>Whether a stream begins with an event that has nothing but an id.</summary>
    public bool IsPrimed => _session is { Revision: >= Revision.V20251125 };

    public bool IsOpen => Volatile.Read(ref _open) > 0;

    /// <summary>The streams of a session.</summary>
    public static SessionStreams Of(ClientSession session, TimeProvider time) =>
        (SessionStreams)(session.Streams ?? session.Keep(new SessionStreams(session, time)));

    /// <summary>Begins the stream of a request.</summary>
    public SessionStream Open(EventReader reader)
    {
        lock (_lock)
        {
            var stream = new SessionStream(this, ++_lastNumber);
            _streams.Add(stream);
            Attach(stream, reader, 0);
            return stream;
        }
    }

    /// <summary>A stream that is over as soon as it begins: its answer is written by the caller, and kept here.</summary>
    public int OpenAnswered(ReadOnlySpan<byte> answer)
    {
        lock (_lock)
        {
            var stream = new SessionStream(this, ++_lastNumber);
            _streams.Add(stream);
            if (!_hasEnded && answer.Length <= MostBytes && !IsCrowded() && MakeRoom(answer.Length, isAnswer: true))
            {
                Add(stream, answer, isAnswer: true).IsSent = true;
            }

            stream.IsEnded = true;
            Forget(stream);
            return stream.Number;
        }
    }

    /// <summary>Opens the stream of the messages that belong to no request; a connection that it is open on is closed.</summary>
    /// <returns>The stream, from what has not been written yet; <see langword="null"/> if the session has ended.</returns>
    public SessionStream? OpenUnsolicited(EventReader reader)
    {
        lock (_lock)
        {
            if (_hasEnded || _session is null)
            {
                return null;
            }

            var stream = _unsolicited ??= new SessionStream(this, 0);
            Attach(stream, reader, PositionOf(stream));
            _session.Unsolicited = stream;
            return stream;
        }
    }

    /// <summary>Goes on with a stream after an event; a connection that it is open on is closed.</summary>
    /// <returns>The stream; <see langword="null"/> if it is not known (any more).</returns>
    public SessionStream? Resume(EventId last, EventReader reader)
    {
        lock (_lock)
        {
            var stream = last.Stream == 0 ? _unsolicited : _streams.Find(s => s.Number == last.Stream);
            if (stream is null || last.Sequence > stream.LastSequence || _hasEnded || HasGapAfter(stream, last))
            {
                return null;
            }

            Attach(stream, reader, last.Sequence);
            if (last.Stream == 0)
            {
                _session!.Unsolicited = stream;
            }

            return stream;
        }
    }

    /// <summary>Whether a stream has ended and has nothing after an event: its client has no reason to come back again.</summary>
    public bool IsFinished(EventId last)
    {
        lock (_lock)
        {
            return _streams.Find(s => s.Number == last.Stream) is { IsEnded: true } stream && last.Sequence == stream.LastSequence;
        }
    }

    /// <summary>Takes what a connection has to write next.</summary>
    /// <returns>Whether there may be more after it.</returns>
    public bool Take(SessionStream stream, EventReader reader, List<StoredEvent> events)
    {
        lock (_lock)
        {
            events.Clear();
            if (stream.Reader != reader)
            {
                return false;
            }

            foreach (var e in _events)
            {
                if (e.Stream == stream && e.Sequence > reader.Position)
                {
                    events.Add(e);
                }
            }

            return !stream.IsEnded && !reader.IsClosing;
        }
    }

    /// <summary>Notes that a connection has written the events.</summary>
    public void Sent(SessionStream stream, EventReader reader, List<StoredEvent> events)
    {
        lock (_lock)
        {
            foreach (var e in events)
            {
                e.IsSent = true;
                reader.Position = e.Sequence;
            }

            if (!HasIds && events.Count > 0)
            {
                // Nobody can ask for them.
                RemoveAll(e => e.Stream == stream && e.IsSent);
            }

            TellOfRoom();
        }
    }

    /// <summary>A connection has ended; the stream goes on without.</summary>
    public void Detach(SessionStream stream, EventReader reader)
    {
        lock (_lock)
        {
            if (stream.Reader == reader)
            {
                stream.Reader = null;
                stream.LeftAt = _time.GetTimestamp();
                Interlocked.Decrement(ref _open);
                if (!CanComeBack(stream))
                {
                    RemoveAll(e => e.Stream == stream);
                }

                TellOfRoom();
            }
        }
    }

    public bool TryAppend(SessionStream stream, ReadOnlySpan<byte> message, bool isAnswer)
    {
        lock (_lock)
        {
            if (stream.IsEnded || (stream.Reader is null
                && (!CanComeBack(stream) || message.Length > MostBytes || (IsCrowded() && (!isAnswer || message.Length > SmallAnswer)))))
            {
                return false;
            }

            if (!MakeRoom(message.Length, isAnswer))
            {
                return false;
            }

            Add(stream, message, isAnswer);
            stream.Reader?.Wake();
            return true;
        }
    }

    /// <summary>Takes a message only when the client has read nearly all of those before it.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="message">The message, on one line.</param>
    /// <param name="room">When to try again; <see langword="null"/> if there will be no client.</param>
    public bool TryAppendInStep(SessionStream stream, ReadOnlySpan<byte> message, out Task? room)
    {
        lock (_lock)
        {
            room = null;
            if (stream.IsEnded || (stream.Reader is null && !CanComeBack(stream)))
            {
                return false;
            }

            if (UnsentBytes(stream) < StepBytes && TryAppend(stream, message, isAnswer: false))
            {
                return true;
            }

            room = (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            return false;
        }
    }

    public void End(SessionStream stream)
    {
        lock (_lock)
        {
            TellOfRoom();
            stream.IsEnded = true;
            stream.Reader?.Wake();
            Forget(stream);
        }
    }

    public bool Close(SessionStream stream, TimeSpan retry)
    {
        lock (_lock)
        {
            if (!IsPrimed || stream.IsEnded || stream.Reader is { CanClose: false })
            {
                return false;
            }

            if (stream.Reader is { } reader)
            {
                reader.Retry = retry;
                reader.IsClosing = true;
                reader.Wake();
            }

            return true;
        }
    }

    public int BacklogOf(SessionStream stream)
    {
        lock (_lock)
        {
            return _events.Count(e => e.Stream == stream && !e.IsSent);
        }
    }

    public void Sweep()
    {
        lock (_lock)
        {
            var isCrowded = IsCrowded();
            TellOfRoom();
            RemoveAll(e => (e.IsSent && isCrowded) || ((e.IsSent || e.Stream.Reader is null) && _time.GetElapsedTime(e.At) > Retention));

            if (_unsolicited is { Reader: null } stream && _time.GetElapsedTime(stream.LeftAt) > Retention)
            {
                _session!.Unsolicited = NullClientStream.Instance;
            }
        }
    }

    public void End()
    {
        lock (_lock)
        {
            _hasEnded = true;
            TellOfRoom();
            RemoveAll(static e => e.Stream.Reader is null);
            if (_unsolicited is { } stream)
            {
                _session!.Unsolicited = NullClientStream.Instance;
                End(stream);
            }
        }
    }

    private bool CanComeBack(SessionStream stream) => !_hasEnded && (HasIds || (stream == _unsolicited && _session is not null));

    private void Attach(SessionStream stream, EventReader reader, long position)
    {
        if (stream.Reader is { } old)
        {
            // The client knows before we do that the old connection is of no use.
            old.Wake();
        }
        else
        {
            Interlocked.Increment(ref _open);
        }

        reader.Position = position;
        stream.Reader = reader;
        TellOfRoom();
    }

    /// <summary>
    /// Whether something is gone that came right after an event: of a call's stream that may have been a question, which nobody would
    /// answer. What is told on the session's own stream is told again.
    /// </summary>
    private bool HasGapAfter(SessionStream stream, EventId last) =>
        last.Stream != 0
        && (_events.Find(e => e.Stream == stream && e.Sequence > last.Sequence)?.Sequence ?? stream.LastSequence + 1) != last.Sequence + 1;

    /// <summary>The last event of a stream that was written.</summary>
    private long PositionOf(SessionStream stream) =>
        _events.Find(e => e.Stream == stream && !e.IsSent) is { } unsent ? unsent.Sequence - 1 : stream.LastSequence;
}
