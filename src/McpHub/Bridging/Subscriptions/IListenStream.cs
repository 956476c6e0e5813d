using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Bridging.Subscriptions;

/// <summary>A way to a client that can stay open, and says when it can take more.</summary>
internal interface IListenStream : IClientStream
{
    /// <summary>Whether the client takes messages before the answer at all. Nothing has been sent yet.</summary>
    bool CanListen { get; }

    /// <summary>Sends one whole message. Completes when the client can take the next.</summary>
    /// <param name="message">The message; the stream owns it from here.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask WriteAsync(Utf8Buffer message, CancellationToken cancellationToken);

    /// <summary>Shows whoever stands between here and the client that the stream is alive, where there is somebody.</summary>
    ValueTask KeepAliveAsync(CancellationToken cancellationToken);
}
