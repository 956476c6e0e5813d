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
}
