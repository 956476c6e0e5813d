using McpHub.Protocol;

namespace McpHub.Upstreams;

/// <summary>A stream that ends with an error when one message grows beyond a limit; the reader says when a message is complete.</summary>
/// <remarks>
/// One read may bring many messages at once. So it is asking for more that is refused, once the limit was read and no message was
/// complete; the message that is complete by then is for the reader to judge.
/// </remarks>
internal sealed class StreamLimit(Stream inner, int limit) : Stream
{
    private long _sinceReset;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>The error of a message beyond the limit.</summary>
    public static UpstreamException TooLarge(int limit) =>
        new(FailureKind.UpstreamProtocol, $"The server sent a message of more than {limit} bytes.");

    /// <summary>The next message begins.</summary>
    public void Reset() => _sinceReset = 0;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ThrowIfExceeded();
        return Count(await inner.ReadAsync(buffer, cancellationToken));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count)
    {
        ThrowIfExceeded();
        return Count(inner.Read(buffer, offset, count));
    }

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private void ThrowIfExceeded()
    {
        if (_sinceReset > limit)
        {
            throw TooLarge(limit);
        }
    }

    private int Count(int read)
    {
        _sinceReset += read;
        return read;
    }
}
