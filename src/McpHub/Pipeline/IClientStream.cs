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
