using McpHub.Protocol;

namespace McpHub.Pipeline;

/// <summary>The way from a running request to its client, for what goes out before the answer.</summary>
internal interface IClientStream
{
    /// <summary>
    /// Sends one whole message. Never waits: what the client is too slow to take, or can't take at all, is dropped.
    /// </summary>
    /// <param name="message">The message; the stream owns it from here, whatever it answers.</param>
    /// <returns>Whether the message will go out.</returns>
    bool TrySend(Utf8Buffer message);

    /// <summary>
    /// Sends one whole message, and waits with it while the client is behind: nothing is dropped as long as there is a client. For those
    /// who can wait, and must not when nobody reads for ever: the token ends it.
    /// </summary>
    /// <param name="message">The message; the stream owns it from here, whatever it answers.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Whether the message will go out.</returns>
    ValueTask<bool> SendAsync(Utf8Buffer message, CancellationToken cancellationToken) => new(TrySend(message));

    /// <summary>
    /// Completes when it is time for more: where what is sent is kept for a reader, not before the reader has come close enough.
    /// Elsewhere nobody is waited for.
    /// </summary>
    Task WhenReadyAsync() => Task.CompletedTask;

    /// <summary>Whether what is sent is kept for a reader, so that the answer need not have it once more.</summary>
    bool KeepsParts => false;

    /// <summary>The server behind the gateway answers this request with an event stream: so may the gateway.</summary>
    /// <param name="mayPoll">Whether the server may close its stream and have the answer fetched (2025-11-25, "Polling").</param>
    void Mirror(bool mayPoll)
    {
    }

    /// <summary>
    /// Closes the connection while the request goes on; the client comes back for the rest (2025-11-25 Streamable HTTP, "Sending
    /// messages to the server", on closing a stream before the response).
    /// </summary>
    /// <param name="retry">How long the client is to wait before it comes back.</param>
    /// <returns>Whether the client can do that, and is told to.</returns>
    bool CloseForPolling(TimeSpan retry) => false;
}
