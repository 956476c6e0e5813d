using System.Buffers;

namespace McpHub.Protocol;

/// <summary>Writes JSON-RPC messages around pieces that are JSON already.</summary>
internal static class McpMessages
{
    // The size of Kestrel's own blocks.
    private const int LargestPiece = 4096;

    private static ReadOnlySpan<byte> ResultHead => "{\"jsonrpc\":\"2.0\",\"id\":"u8;

    private static ReadOnlySpan<byte> ResultMiddle => ",\"result\":"u8;

    /// <summary><c>{"jsonrpc":"2.0","id":ID,"result":RESULT}</c></summary>
    public static void WriteResult(IBufferWriter<byte> writer, ReadOnlySpan<byte> id, ReadOnlySpan<byte> result)
    {
        var length = ResultLength(id, result);
        if (length > LargestPiece)
        {
            // In pieces, so that the writer doesn't have to find one place that is large enough for all.
            BuffersExtensions.Write(writer, ResultHead);
            BuffersExtensions.Write(writer, id);
            BuffersExtensions.Write(writer, ResultMiddle);
            BuffersExtensions.Write(writer, result);
            BuffersExtensions.Write(writer, "}"u8);
            return;
        }

        var span = writer.GetSpan(length);
        var rest = Append(Append(Append(Append(span, ResultHead), id), ResultMiddle), result);
        rest[0] = (byte)'}';
        writer.Advance(length);
    }

    /// <summary>How long <see cref="WriteResult"/> writes.</summary>
    public static int ResultLength(ReadOnlySpan<byte> id, ReadOnlySpan<byte> result) =>
        ResultHead.Length + id.Length + ResultMiddle.Length + result.Length + 1;

    /// <summary><c>{"jsonrpc":"2.0","id":ID,"error":ERROR}</c>; an unreadable id is left out (the schema has no null id).</summary>
    public static void WriteError(Utf8Buffer buffer, ReadOnlySpan<byte> id, ReadOnlySpan<byte> error)
    {
        buffer.Write("{\"jsonrpc\":\"2.0\","u8);
        WriteId(buffer, id);
        buffer.Write("\"error\":"u8);
        buffer.Write(error);
        buffer.Write((byte)'}');
    }

    /// <summary>The error of a failure, coded for the client's revision.</summary>
    public static void WriteFailure(Utf8Buffer buffer, ReadOnlySpan<byte> id, Failure failure, Revision revision)
    {
        buffer.Write("{\"jsonrpc\":\"2.0\","u8);
        WriteId(buffer, id);
        buffer.Write("\"error\":"u8);
        WriteErrorObject(buffer, failure.CodeFor(revision), failure.Message, failure.Data.Span);
        buffer.Write((byte)'}');
    }

    /// <summary><c>{"code":CODE,"message":MESSAGE,"data":DATA}</c></summary>
    /// <param name="buffer">Where to write.</param>
    /// <param name="code">The code.</param>
    /// <param name="message">The message, as text.</param>
    /// <param name="data">The data, as JSON; empty for none.</param>
    public static void WriteErrorObject(Utf8Buffer buffer, int code, string message, ReadOnlySpan<byte> data)
    {
        buffer.Write("{\"code\":"u8);
        buffer.Write(code);
        buffer.Write(",\"message\":"u8);
        JsonText.Write(buffer, message);
        if (!data.IsEmpty)
        {
            buffer.Write(",\"data\":"u8);
            buffer.Write(data);
        }

        buffer.Write((byte)'}');
    }

    /// <summary><c>{"jsonrpc":"2.0","method":METHOD,"params":PARAMS}</c></summary>
    public static void WriteNotification(Utf8Buffer buffer, McpMethod method, ReadOnlySpan<byte> parameters)
    {
        BeginNotification(buffer, method);
        if (!parameters.IsEmpty)
        {
            buffer.Write(",\"params\":"u8);
            buffer.Write(parameters);
        }

        buffer.Write((byte)'}');
    }

    /// <summary>The beginning of a notification, up to and with its method; the caller writes the rest and the closing brace.</summary>
    public static void BeginNotification(Utf8Buffer buffer, McpMethod method)
    {
        buffer.Write("{\"jsonrpc\":\"2.0\",\"method\":\""u8);
        buffer.Write(method.Utf8());
        buffer.Write((byte)'"');
    }

    /// <summary>The beginning of a request, up to and with <c>"params":</c>; the caller writes those and the closing brace.</summary>
    public static void BeginRequest(Utf8Buffer buffer, long id, McpMethod method)
    {
        buffer.Write("{\"jsonrpc\":\"2.0\",\"id\":"u8);
        buffer.Write(id);
        buffer.Write(",\"method\":\""u8);
        buffer.Write(method.Utf8());
        buffer.Write("\",\"params\":"u8);
    }

    /// <summary><c>{"jsonrpc":"2.0","id":ID,"method":METHOD,"params":PARAMS}</c></summary>
    public static void WriteRequest(Utf8Buffer buffer, long id, McpMethod method, ReadOnlySpan<byte> parameters)
    {
        buffer.Write("{\"jsonrpc\":\"2.0\",\"id\":"u8);
        buffer.Write(id);
        buffer.Write(",\"method\":\""u8);
        buffer.Write(method.Utf8());
        buffer.Write((byte)'"');
        if (!parameters.IsEmpty)
        {
            buffer.Write(",\"params\":"u8);
            buffer.Write(parameters);
        }

        buffer.Write((byte)'}');
    }

    /// <summary>Tells a peer that a request to it has no more use.</summary>
    public static void WriteCancelled(Utf8Buffer buffer, long id)
    {
        buffer.Write("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":"u8);
        buffer.Write(id);
        buffer.Write("}}"u8);
    }

    private static Span<byte> Append(Span<byte> target, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(target);
        return target[bytes.Length..];
    }

    private static void WriteId(Utf8Buffer buffer, ReadOnlySpan<byte> id)
    {
        if (!id.IsEmpty)
        {
            buffer.Write("\"id\":"u8);
            buffer.Write(id);
            buffer.Write((byte)',');
        }
    }
}
