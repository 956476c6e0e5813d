using System.Runtime.CompilerServices;

namespace McpHub.Protocol;

/// <remarks>
/// What is skipped here goes from a position to the position behind it, so that it stays in a register. Each method begins at a
/// character that its caller has seen.
/// </remarks>
internal ref partial struct JsonScanner
{
    /// <summary>The position behind a mistake. Nothing is found there, so that nobody has to look for it at each step.</summary>
    private const int Nowhere = int.MaxValue;

    /// <summary>The character at a position, or 0 beyond the end.</summary>
    private readonly byte At(int at) => (uint)at < (uint)_json.Length ? _json[at] : (byte)0;

    /// <summary>The next position that has no white space.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int ToNext(int at) => At(at) > ' ' ? at : SkipSpace(at);

    private readonly int SkipSpace(int at)
    {
        while (At(at) is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            at++;
        }

        return at;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int SkipValue(byte first, int at) => first switch
    {
        (byte)'"' => SkipString(at),
        (byte)'{' or (byte)'[' => SkipNested(at),
        _ => SkipScalar(first, at),
    };

    /// <summary>Skips an object or an array with all that is in it.</summary>
    /// <remarks>
    /// Which of the two each open level is, is kept in one bit a level, the innermost lowest: recursion would let the sender decide how
    /// much stack we use. Two words are enough for <see cref="EnvelopeReader.MaxDepth"/>.
    /// </remarks>
    private int SkipNested(int at)
    {
        var depth = _depth;
        ulong objects = 0;
        ulong outerObjects = 0;
        while (true)
        {
            var next = At(at);
            if (next == '"')
            {
                at = SkipString(at);
            }
            else if (next is (byte)'{' or (byte)'[')
            {
                if (++depth > EnvelopeReader.MaxDepth)
                {
                    return Nowhere;
                }

                outerObjects = (outerObjects << 1) | (objects >> 63);
                objects = (objects << 1) | (next == '{' ? 1UL : 0);
                at = ToNext(at + 1);
                if (At(at) != Closer(objects))
                {
                    at = ToValue(at, objects);
                    continue;
                }
            }
            else
            {
                at = SkipScalar(next, at);
            }

            // A value is complete, and with it the levels that end here.
            for (at = ToNext(at); At(at) != ','; at = ToNext(at + 1))
            {
                if (At(at) != Closer(objects))
                {
                    return Nowhere;
                }

                objects = (objects >> 1) | (outerObjects << 63);
                outerObjects >>= 1;
                if (--depth == _depth)
                {
                    return at + 1;
                }
            }

            at = ToValue(ToNext(at + 1), objects);
        }
    }

    private static byte Closer(ulong objects) => (objects & 1) != 0 ? (byte)'}' : (byte)']';

    /// <summary>From where an item or a member begins to its value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int ToValue(int at, ulong objects)
    {
        if ((objects & 1) == 0)
        {
            return at;
        }

        return At(at) == '"' ? ToNext(SkipColon(SkipString(at))) : Nowhere;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int SkipColon(int at)
    {
        at = ToNext(at);
        return At(at) == ':' ? at + 1 : Nowhere;
    }

    private readonly int SkipScalar(byte first, int at) => first switch
    {
        (byte)'t' => SkipWord(at, "true"u8),
        (byte)'f' => SkipWord(at, "false"u8),
        (byte)'n' => SkipWord(at, "null"u8),
        _ => SkipNumber(at),
    };

    private readonly int SkipWord(int at, ReadOnlySpan<byte> word) => _json[at..].StartsWith(word) ? at + word.Length : Nowhere;

    /// <summary>Skips a number. What may follow it is for the caller to judge, who looks for a comma or an end there.</summary>
    private readonly int SkipNumber(int at)
    {
        if (At(at) == '-')
        {
            at++;
        }

        // No digit follows a leading zero.
        at = At(at) == '0' ? at + 1 : SkipDigits(at);
        if (At(at) == '.')
        {
            at = SkipDigits(at + 1);
        }

        if (At(at) is (byte)'e' or (byte)'E')
        {
            at++;
            at = SkipDigits(At(at) is (byte)'+' or (byte)'-' ? at + 1 : at);
        }

        return at;
    }

    /// <summary>Skips at least one digit.</summary>
    private readonly int SkipDigits(int at)
    {
        if (!char.IsAsciiDigit((char)At(at)))
        {
            return Nowhere;
        }

        do
        {
            at++;
        }
        while (char.IsAsciiDigit((char)At(at)));
        return at;
    }
}
