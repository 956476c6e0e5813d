using System.IO.Pipelines;
using McpHub.Protocol;

namespace McpHub.Transports.Http;

/// <summary>The body of a POST: where the web server received it, or a copy.</summary>
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

    /// <summary>Whether it was larger than it may be, and is not here.</summary>
    public bool IsTooLarge => _reader is null && _copy is null;

    /// <summary>Leaves a body where it is, if it lies there in one piece.</summary>
    /// <param name="reader">Where the body was read from.</param>
    /// <param name="read">The whole body, of which nothing has been taken yet.</param>
    public static ReceivedBody Hold(PipeReader reader, in ReadResult read) =>
        read.Buffer.IsSingleSegment ? new ReceivedBody(reader, read.Buffer.First, read.Buffer.End) : Copy(reader, read);

    /// <summary>Copies a body, and gives the server's memory back at once.</summary>
    /// <param name="reader">Where the body was read from.</param>
    /// <param name="read">The whole body, of which nothing has been taken yet.</param>
    public static ReceivedBody Copy(PipeReader reader, in ReadResult read)
    {
        var copy = Utf8Buffer.CopyOf(read.Buffer);
        reader.AdvanceTo(read.Buffer.End);
        return new ReceivedBody(copy);
    }

    /// <summary>The same as a copy, which may outlive the request; it takes the place of this one.</summary>
    public ReceivedBody Detach() => new(ToBuffer());

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
        _copy?.Dispose();
        try
        {
            _reader?.AdvanceTo(_end);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The server has given the request up, and takes its memory back by itself.
        }
    }
}
