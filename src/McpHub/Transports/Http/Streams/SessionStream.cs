using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Transports.Http.Streams;

/// <summary>
/// One event stream of a client: what is sent on it goes to the store, and from there to whatever connection the client has it open
/// on. Thread-safe.
/// </summary>
internal sealed class SessionStream(SessionStreams store, int number) : IClientStream
{
    public int Number { get; } = number;

    /// <summary>The place of the last event. Guarded by the store's lock, as what follows.</summary>
    public long LastSequence { get; set; }

    /// <summary>Whether there will be no more events.</summary>
    public bool IsEnded { get; set; }

    /// <summary>The connection that it is written to; <see langword="null"/> while the client is away.</summary>
    public EventReader? Reader { get; set; }

    /// <summary>When the client went away.</summary>
    public long LeftAt { get; set; }

    /// <summary>How many messages wait to be written.</summary>
    public int Backlog => store.BacklogOf(this);

    /// <inheritdoc/>
    /// <remarks>While the client is away the message is kept for it, if it can come back; a store that is full takes no more.</remarks>
    public bool TrySend(Utf8Buffer message)
    {
        using (message)
        {
            message.ToOneLine();
            return store.TryAppend(this, message.Span, isAnswer: false);
        }
    }

    /// <inheritdoc/>
    /// <remarks>A client that is away, and can come back, is waited for too.</remarks>
    public async ValueTask<bool> SendAsync(Utf8Buffer message, CancellationToken cancellationToken)
    {
        byte[] bytes;
        using (message)
        {
            message.ToOneLine();
            bytes = message.Span.ToArray();
        }

        while (true)
        {
            if (store.TryAppendInStep(this, bytes, out var room))
            {
                return true;
            }

            if (room is null)
            {
                return false;
            }

            await room.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public bool CloseForPolling(TimeSpan retry) => store.Close(this, retry);

    /// <summary>Sends a response on a stream that goes on: HTTP+SSE has one for everything.</summary>
    public void Respond(Utf8Buffer message)
    {
        message.ToOneLine();
        store.TryAppend(this, message.Span, isAnswer: true);
    }

    /// <summary>Sends the response that the stream ends with.</summary>
    /// <param name="message">The response; it stays the caller's.</param>
    /// <param name="id">The id of the request, as JSON.</param>
    public void Answer(Utf8Buffer message, ReadOnlySpan<byte> id)
    {
        message.ToOneLine();
        if (!store.TryAppend(this, message.Span, isAnswer: true))
        {
            // Never silence: whoever comes back for it is told why it is not there.
            using var refusal = Utf8Buffer.Rent();
            var failure = new Failure(
                FailureKind.PayloadTooLarge, $"The answer has {message.Length} bytes, more than is kept for a client that is away. The request has run.");
            McpMessages.WriteFailure(refusal, id, failure, Revisions.LatestLegacy);
            store.TryAppend(this, refusal.Span, isAnswer: true);
        }

        store.End(this);
    }

    /// <summary>Ends without a response.</summary>
    public void End() => store.End(this);
}
