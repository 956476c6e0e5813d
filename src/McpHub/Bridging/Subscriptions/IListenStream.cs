using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Bridging.Subscriptions;

/// <summary>A way to a client that can stay open, and says when it can take more.</summary>
internal interface IListenStream : IClientStream
{
    /// <summary>Cancelled when the client may no longer listen: its credential isn't good any more.</summary>
    CancellationToken Lost { get; }

    /// <summary>One more request is to listen on the stream.</summary>
    /// <returns>Why it can't, or <see langword="null"/>; then <see cref="EndListening"/> is due.</returns>
    Failure? BeginListening();

    /// <summary>A request listens no more.</summary>
    void EndListening();

    /// <summary>Sends one whole message. Completes when the client can take the next.</summary>
    /// <param name="message">The message; the stream owns it from here.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask WriteAsync(Utf8Buffer message, CancellationToken cancellationToken);

    /// <summary>Shows whoever stands between here and the client that the stream is alive, where there is somebody.</summary>
    ValueTask KeepAliveAsync(CancellationToken cancellationToken);
}
