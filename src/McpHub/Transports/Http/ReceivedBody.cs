using System.IO.Pipelines;
using McpHub.Protocol;

namespace McpHub.Transports.Http;

/// <summary>The body of a POST: where the web server received it, if it lies there in one piece, or else a copy.</summary>
internal readonly struct ReceivedBody : IDisposable
{
    private readonly PipeReader? _reader;
    private readonly SequencePosition _end;
    private readonly Utf8Buffer? _copy;

    private ReceivedBody(PipeReader reader, ReadOnlyMemory<byte> bytes, SequencePosition end)
    {
        Bytes = bytes;
        _reader = reader;
        _end = end;
    }

    private ReceivedBody(Utf8Buffer copy)
    {
        Bytes = copy.Memory;
        _copy = copy;
    }

    /// <summary>Good until the body is disposed.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Whether it was larger than it may be, and has not been read.</summary>
    public bool IsTooLarge => _reader is null && _copy is null;

    /// <param name="reader">Where the body was read from.</param>
    /// <param name="read">The whole body, of which nothing has been taken yet.</param>
    public static ReceivedBody Of(PipeReader reader, in ReadResult read)
    {
        if (read.Buffer.IsSingleSegment)
        {
            return new ReceivedBody(reader, read.Buffer.First, read.Buffer.End);
        }

        var copy = Utf8Buffer.CopyOf(read.Buffer);
        reader.AdvanceTo(read.Buffer.End);
        return new ReceivedBody(copy);
    }

    /// <summary>The same as a copy, which may outlive the request and keeps nothing of its connection. This one is used up.</summary>
    public ReceivedBody Detach() => _copy is null ? new ReceivedBody(ToBuffer()) : this;

    /// <inheritdoc cref="Detach"/>
    public Utf8Buffer ToBuffer()
    {
        if (_copy is not null)
        {
            return _copy;
        }

        var copy = Utf8Buffer.CopyOf(Bytes.Span);
        Dispose();
        return copy;
    }

    /// <summary>Gives the bytes back. Once, and before the request ends, which its connection needs for the next one.</summary>
    public void Dispose()
    {
        _reader?.AdvanceTo(_end);
        _copy?.Dispose();
    }
}
