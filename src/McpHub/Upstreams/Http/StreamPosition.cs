using System.Net.ServerSentEvents;

namespace McpHub.Upstreams.Http;

/// <summary>How far an event stream has been read, so that the rest can be asked for on another connection.</summary>
internal sealed class StreamPosition
{
    // Servers that repeat events repeat the last ones.
    private const int MostRemembered = 256;

    private Queue<string>? _seen;
    private bool _isResumed;
    private bool _isRepeated;

    /// <summary>The id of the last event; <see langword="null"/> while none had one.</summary>
    public string? LastEventId { get; private set; }

    /// <summary>How long the server wants its clients to wait; <see langword="null"/> if it didn't say.</summary>
    public TimeSpan? Retry { get; private set; }

    /// <summary>Whether the event that was just read had been read before: some servers repeat what a client has seen.</summary>
    public bool IsRepeated => _isRepeated;

    /// <summary>Takes over what a stream says beside its messages, after an event or at its end.</summary>
    public void Take<T>(SseParser<T> parser, string? eventId)
    {
        if (parser.ReconnectionInterval >= TimeSpan.Zero)
        {
            Retry = parser.ReconnectionInterval;
        }

        _isRepeated = false;
        if (string.IsNullOrEmpty(eventId))
        {
            return;
        }

        LastEventId = eventId;
        _seen ??= new Queue<string>(4);
        if (_isResumed && _seen.Contains(eventId))
        {
            _isRepeated = true;
            return;
        }

        if (_seen.Count == MostRemembered)
        {
            _seen.Dequeue();
        }

        _seen.Enqueue(eventId);
    }

    /// <summary>The next events come on another connection.</summary>
    public void Resume() => _isResumed = true;
}
