using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace McpHub.Protocol;

/// <summary>JSON strings between their wire form and text.</summary>
internal static class JsonText
{
    // What the other MCP implementations write too: nothing escaped but what JSON demands, because no message is ever put into HTML.
    public static JavaScriptEncoder Encoder => JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>The text of a JSON string with its quotes; <see langword="null"/> if it is none, or no valid Unicode.</summary>
    public static string? Decode(ReadOnlySpan<byte> json)
    {
        if (json.Length < 2 || json[0] != '"')
        {
            return null;
        }

        if (!json.Contains((byte)'\\'))
        {
            return Encoding.UTF8.GetString(json[1..^1]);
        }

        try
        {
            var reader = new Utf8JsonReader(json);
            return reader.Read() ? reader.GetString() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The text as a JSON string with its quotes.</summary>
    public static byte[] Encode(string text)
    {
        using var buffer = Utf8Buffer.Rent(text.Length + 2);
        Write(buffer, text);
        return buffer.Span.ToArray();
    }

    /// <summary>Writes the text as a JSON string with its quotes.</summary>
    public static void Write(Utf8Buffer buffer, string text)
    {
        buffer.Write((byte)'"');
        var start = buffer.Length;
        buffer.Advance(Encoding.UTF8.GetBytes(text, buffer.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));

        // Text rarely has anything to escape; then it stands where it belongs already.
        if (Encoder.FindFirstCharacterToEncodeUtf8(buffer.Span[start..]) >= 0)
        {
            var escaped = JsonEncodedText.Encode(buffer.Span[start..], Encoder);
            buffer.Truncate(start);
            buffer.Write(escaped.EncodedUtf8Bytes);
        }

        buffer.Write((byte)'"');
    }

    /// <summary>Writes UTF-8 text, such as JSON itself, as a JSON string with its quotes.</summary>
    public static void Write(Utf8Buffer buffer, ReadOnlySpan<byte> text)
    {
        buffer.Write((byte)'"');
        WriteEscaped(buffer, text);
        buffer.Write((byte)'"');
    }

    /// <summary>Writes UTF-8 text as it stands within a JSON string.</summary>
    public static void WriteEscaped(Utf8Buffer buffer, ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            // A little more than the text: nearly all of it needs no escape.
            Encoder.EncodeUtf8(text, buffer.GetSpan(text.Length + (text.Length / 8) + 16), out var consumed, out var written);
            buffer.Advance(written);
            text = text[consumed..];
        }
    }

    /// <summary>Whether a JSON string spells this text, which has no characters that JSON escapes.</summary>
    /// <remarks>Some writers escape what they need not: PHP's writes <c>"ref\/prompt"</c>.</remarks>
    public static bool Is(ReadOnlySpan<byte> json, ReadOnlySpan<byte> text) =>
        (json.Length == text.Length + 2 && json[0] == '"' && json[1..^1].SequenceEqual(text))
        || (json.Contains((byte)'\\') && Decode(json) == Encoding.UTF8.GetString(text));
}
