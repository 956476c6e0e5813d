using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace McpHub.LoadTests.Http;

/// <summary>Where the parts of one HTTP/1.1 answer lie in the bytes received.</summary>
internal readonly ref struct HttpAnswer
{
    private HttpAnswer(int status, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, int length)
    {
        Status = status;
        Head = head;
        Body = body;
        Length = length;
    }

    public int Status { get; }

    public ReadOnlySpan<byte> Head { get; }

    /// <summary>The body, put together if it came in chunks.</summary>
    public ReadOnlySpan<byte> Body { get; }

    /// <summary>The bytes that the answer takes up, of those received.</summary>
    public int Length { get; }

    /// <summary>Finds the answer if it is complete. A chunked body is put together in place once it is.</summary>
    public static bool TryParse(Span<byte> received, out HttpAnswer answer)
    {
        answer = default;
        var headEnd = received.IndexOf("\r\n\r\n"u8);
        if (headEnd < 0)
            return false;

        ReadOnlySpan<byte> head = received[..(headEnd + 2)];
        if (!head.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(head.Slice(9, 3), out int status, out _))
            throw new InvalidDataException("The answer is not HTTP/1.1.");

        var rest = received[(headEnd + 4)..];
        if (Header(head, "Content-Length"u8) is { IsEmpty: false } text)
        {
            if (!Utf8Parser.TryParse(text, out int length, out _))
                throw new InvalidDataException("Content-Length is not a number.");
            if (rest.Length < length)
                return false;
            answer = new HttpAnswer(status, head, rest[..length], headEnd + 4 + length);
            return true;
        }

        if (!Ascii.EqualsIgnoreCase(Header(head, "Transfer-Encoding"u8), "chunked"u8))
        {
            answer = new HttpAnswer(status, head, default, headEnd + 4);
            return true;
        }

        if (!ChunkedBody.TryFindEnd(rest, out var end))
            return false;
        var body = rest[..ChunkedBody.Join(rest[..end])];
        answer = new HttpAnswer(status, head, body, headEnd + 4 + end);
        return true;
    }

    /// <summary>The value of a header; empty if there is none.</summary>
    public static ReadOnlySpan<byte> Header(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        for (var lineEnd = head.IndexOf("\r\n"u8); lineEnd >= 0; lineEnd = head.IndexOf("\r\n"u8))
        {
            var line = head[..lineEnd];
            if (line.Length > name.Length && line[name.Length] == ':' && Ascii.EqualsIgnoreCase(line[..name.Length], name))
                return line[(name.Length + 1)..].Trim(" \t"u8);
            head = head[(lineEnd + 2)..];
        }

        return default;
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Status}: {Encoding.UTF8.GetString(Body[..Math.Min(Body.Length, 300)])}");
}
