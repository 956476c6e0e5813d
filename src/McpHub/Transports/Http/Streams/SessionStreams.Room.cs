namespace McpHub.Transports.Http.Streams;

/// <summary>The store of the events, and its bounds.</summary>
/// <remarks>
/// One order for the events of all streams, and one bound. What has been written goes first when room is needed. What has not been
/// written is never pushed out by a notification or a request: that one is refused instead, and its sender learns of it. A response
/// does push out what waits for a client that is away. What a connection is about to write stays. Everything private here is under
/// the lock.
/// </remarks>
internal sealed partial class SessionStreams
{
    /// <summary>The most events that are kept.</summary>
    public const int MostEvents = 256;

    /// <summary>The most bytes of them; one event that is larger takes the store for itself while it is being written.</summary>
    public const int MostBytes = 4 * 1024 * 1024;

    // What is said in the place of an answer that there is no room for, and what is no larger than that.
    private const int SmallAnswer = 1024;

    /// <summary>The bytes of all stores together beyond which only that is kept which has not been written yet.</summary>
    public const long MostBytesOverall = 256 * 1024 * 1024;

    // How far whoever can wait may be ahead of the connection: enough to fill a packet while the next part is made.
    private const int StepBytes = 32 * 1024;

    private static long _bytesOverall;

    private readonly List<StoredEvent> _events = [];
    private long _bytes;
    private TaskCompletionSource? _room;

    /// <summary>The bytes that all stores of the process keep.</summary>
    public static long BytesOverall => Interlocked.Read(ref _bytesOverall);

    /// <summary>The bytes of the events that are kept.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _bytes;
            }
        }
    }

    private StoredEvent Add(SessionStream stream, ReadOnlySpan<byte> message, bool isAnswer)
    {
        var stored = new StoredEvent(stream, ++stream.LastSequence, message.ToArray(), isAnswer, _time.GetTimestamp());
        _events.Add(stored);
        Count(message.Length);
        return stored;
    }

    private bool MakeRoom(int bytes, bool isAnswer)
    {
        while (_events.Count > 0 && (_events.Count >= MostEvents || _bytes + bytes > MostBytes))
        {
            var least = _events.FindIndex(static e => e.IsSent);
            if (least < 0 && isAnswer)
            {
                least = _events.FindIndex(static e => e.Stream.Reader is null && !e.IsAnswer);
                least = least >= 0 ? least : _events.FindIndex(static e => e.Stream.Reader is null);
            }

            if (least < 0)
            {
                // What is left is about to be written: by as many connections as there are answers.
                return isAnswer;
            }

            RemoveAt(least);
        }

        return true;
    }

    private long UnsentBytes(SessionStream stream)
    {
        var bytes = 0L;
        foreach (var e in _events)
        {
            bytes += e.Stream == stream && !e.IsSent ? e.Message.Length : 0;
        }

        return bytes;
    }

    /// <summary>Those who wait look for themselves whether it is theirs.</summary>
    private void TellOfRoom()
    {
        _room?.SetResult();
        _room = null;
    }

    private void RemoveAt(int index)
    {
        var removed = _events[index];
        _events.RemoveAt(index);
        Count(-removed.Message.Length);
        Forget(removed.Stream);
    }

    private void RemoveAll(Predicate<StoredEvent> isUseless)
    {
        for (var i = _events.Count - 1; i >= 0; i--)
        {
            if (isUseless(_events[i]))
            {
                RemoveAt(i);
            }
        }
    }

    private void Count(int bytes)
    {
        _bytes += bytes;
        Interlocked.Add(ref _bytesOverall, bytes);
    }

    /// <summary>Whether all sessions together keep more than they should.</summary>
    private static bool IsCrowded() => Interlocked.Read(ref _bytesOverall) > MostBytesOverall;

    /// <summary>Forgets a stream that has ended, once nothing of it is left.</summary>
    private void Forget(SessionStream stream)
    {
        if (stream.IsEnded && !_events.Exists(e => e.Stream == stream))
        {
            _streams.Remove(stream);
        }
    }
}
