using System.Threading.Channels;

namespace McpHub.Transports.Http.Streams;

/// <summary>A connection's place in a stream, and what wakes it when there is more to write.</summary>
/// <param name="canClose">Whether the connection may be closed before the stream has ended.</param>
internal sealed class EventReader(bool canClose)
{
    private readonly Channel<bool> _wake =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    public bool CanClose { get; } = canClose;

    /// <summary>The last event that was written, or that the client had before. Guarded by the store's lock.</summary>
    public long Position { get; set; }

    /// <summary>Whether the connection is to end when it has written what there is. Guarded by the store's lock.</summary>
    public bool IsClosing { get; set; }

    /// <summary>What the client is told to wait before it comes back. Guarded by the store's lock.</summary>
    public TimeSpan? Retry { get; set; }

    public void Wake() => _wake.Writer.TryWrite(true);

    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        await _wake.Reader.WaitToReadAsync(cancellationToken);
        _wake.Reader.TryRead(out _);
    }
}
