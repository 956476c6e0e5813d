using System.Buffers.Text;

namespace McpHub.Protocol;

/// <summary>Integers in JSON.</summary>
internal static class JsonNumber
{
    /// <summary>Reads an integer that is written as one: no fraction, no exponent, no quotes.</summary>
    public static bool TryParse(ReadOnlySpan<byte> json, out long value) =>
        Utf8Parser.TryParse(json, out value, out var read) && read == json.Length;
}
