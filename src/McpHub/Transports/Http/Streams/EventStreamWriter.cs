using System.Buffers;
using System.Buffers.Text;
using Microsoft.AspNetCore.Http;

namespace McpHub.Transports.Http.Streams;

/// <summary>Writes a stream to one HTTP response, for as long as both last; a comment now and then says that the line is alive.</summary>
internal sealed class EventStreamWriter(HttpContext http, SessionStreams store, SessionStream stream, EventReader reader, TimeProvider time)
{
    /// <summary>What proxies allow a connection to be silent is 30 seconds and more.</summary>
    public static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    /// <summary>What clients wait before they come back, unless told otherwise.</summary>
    public static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private bool _isQuiet;
    private volatile bool _isCommentDue;

    /// <summary>Sets the headers of an event stream.</summary>
    public static void Begin(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-store";
        response.Headers["X-Accel-Buffering"] = "no";
    }

    /// <summary>Writes an event without a message, which gives the client an id to come back with (2025-11-25).</summary>
    public static void WritePriming(IBufferWriter<byte> writer, EventId id, TimeSpan retry)
    {
        WriteId(writer, id);
        WriteRetry(writer, retry);
        writer.Write("data:\n\n"u8);
    }

    /// <summary>Writes one message.</summary>
    public static void WriteMessage(IBufferWriter<byte> writer, EventId? id, ReadOnlySpan<byte> message)
    {
        if (id is { } known)
        {
            WriteId(writer, known);
        }

        writer.Write("event: message\ndata: "u8);
        writer.Write(message);
        writer.Write("\n\n"u8);
    }

    /// <summary>Writes a comment, which clients ignore, and which shows proxies that the line is alive.</summary>
    public static void WriteKeepAlive(IBufferWriter<byte> writer) => writer.Write(": keep-alive\n\n"u8);

    /// <summary>Writes until the stream has ended, is closed here, or the client has gone.</summary>
    /// <param name="head">What goes out first.</param>
    /// <param name="cancellationToken">Ends it as if the stream had ended.</param>
    public async Task RunAsync(ReadOnlyMemory<byte> head, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, cancellationToken);
        await using var idle = time.CreateTimer(static state => ((EventStreamWriter)state!).OnTick(), this, KeepAlive, KeepAlive);
        try
        {
            Begin(http.Response);
            http.Response.BodyWriter.Write(head.Span);

            // The headers go out although there may be nothing to say yet: the client waits for them.
            await FlushAsync(ended.Token);
            await WriteAsync(ended.Token);
            await http.Response.CompleteAsync();
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The client is gone, or the gateway stops. What was not written stays in the store.
        }
        finally
        {
            store.Detach(stream, reader);
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        var events = new List<StoredEvent>();
        var writer = http.Response.BodyWriter;
        while (true)
        {
            var isLast = !store.Take(stream, reader, events);
            foreach (var e in events)
            {
                WriteMessage(writer, store.HasIds ? new EventId(stream.Number, e.Sequence) : null, e.Message);
            }

            if (isLast && reader.Retry is { } retry)
            {
                WriteRetry(writer, retry);
                writer.Write("\n"u8);
            }

            var isComment = _isCommentDue && events.Count == 0;
            if (isComment)
            {
                WriteKeepAlive(writer);
            }

            if (events.Count > 0 || isLast || isComment)
            {
                _isQuiet = false;
                _isCommentDue = false;
                await FlushAsync(cancellationToken);
                store.Sent(stream, reader, events);
            }

            if (isLast)
            {
                return;
            }

            await reader.WaitAsync(cancellationToken);
        }
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        var flushed = await http.Response.BodyWriter.FlushAsync(cancellationToken);
        if (flushed.IsCompleted)
        {
            throw new OperationCanceledException("The client has closed the connection.");
        }
    }

    /// <summary>Nothing was written since the last tick: it is time for a comment.</summary>
    private void OnTick()
    {
        if (Interlocked.Exchange(ref _isQuiet, true))
        {
            _isCommentDue = true;
            reader.Wake();
        }
    }

    private static void WriteId(IBufferWriter<byte> writer, EventId id)
    {
        writer.Write("id: "u8);
        WriteNumber(writer, id.Stream);
        writer.Write("-"u8);
        WriteNumber(writer, id.Sequence);
        writer.Write("\n"u8);
    }

    private static void WriteRetry(IBufferWriter<byte> writer, TimeSpan retry)
    {
        writer.Write("retry: "u8);
        WriteNumber(writer, (long)retry.TotalMilliseconds);
        writer.Write("\n"u8);
    }

    private static void WriteNumber(IBufferWriter<byte> writer, long number)
    {
        Utf8Formatter.TryFormat(number, writer.GetSpan(20), out var written);
        writer.Advance(written);
    }
}
