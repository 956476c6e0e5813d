namespace McpHub.Protocol;

/// <summary>What stands in a JSON string that has escapes, without decoding it into anything.</summary>
internal static class EscapedText
{
    // A bit for each letter that makes an escape of two characters, from 0 and from 64 on.
    private const ulong ShortLow = (1UL << '"') | (1UL << '/');
    private const ulong ShortHigh = (1UL << ('\\' - 64)) | (1UL << ('b' - 64)) | (1UL << ('f' - 64)) | (1UL << ('n' - 64)) | (1UL << ('r' - 64)) | (1UL << ('t' - 64));

    /// <summary>Whether a backslash and this letter are a whole escape.</summary>
    public static bool IsShort(byte letter) => letter < 128 && (((letter < 64 ? ShortLow : ShortHigh) >> (letter & 63)) & 1) != 0;

    /// <summary>The length of the escape that these bytes begin with, or 0 if it is none of JSON's.</summary>
    public static int EscapeLength(ReadOnlySpan<byte> json)
    {
        if (json.Length < 2 || json[0] != '\\')
        {
            return 0;
        }

        if (json[1] != 'u')
        {
            return IsShort(json[1]) ? 2 : 0;
        }

        return json.Length >= 6 && Value(json[2..6]) >= 0 ? 6 : 0;
    }

    /// <summary>Whether the escapes of a string, which are JSON's, spell this ASCII text.</summary>
    /// <remarks>Half of a surrogate pair is JSON by its grammar, but no text, so it equals none.</remarks>
    public static bool Is(ReadOnlySpan<byte> escaped, ReadOnlySpan<byte> ascii)
    {
        foreach (var expected in ascii)
        {
            if (escaped.IsEmpty)
            {
                return false;
            }

            int character = escaped[0];
            var length = 1;
            if (character == '\\')
            {
                length = EscapeLength(escaped);
                character = length == 6 ? Value(escaped[2..6]) : Plain(escaped[1]);
            }

            if (character != expected)
            {
                return false;
            }

            escaped = escaped[length..];
        }

        return escaped.IsEmpty;
    }

    /// <summary>What the letter behind a backslash stands for, or 0.</summary>
    private static byte Plain(byte letter) => letter switch
    {
        (byte)'"' or (byte)'\\' or (byte)'/' => letter,
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        _ => 0,
    };

    /// <summary>The value of hexadecimal digits, or -1.</summary>
    private static int Value(ReadOnlySpan<byte> digits)
    {
        var value = 0;
        foreach (var digit in digits)
        {
            var nibble = digit switch
            {
                >= (byte)'0' and <= (byte)'9' => digit - '0',
                >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
                >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
                _ => -1,
            };
            if (nibble < 0)
            {
                return -1;
            }

            value = (value << 4) | nibble;
        }

        return value;
    }
}
