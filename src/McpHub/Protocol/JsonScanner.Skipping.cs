using System.Buffers;
using System.Numerics;
using System.Runtime.Intrinsics;
using System.Text.Json;

namespace McpHub.Protocol;

internal ref partial struct JsonScanner
{
    // What ends the plain part of a string: its end, an escape, or what may not stand there.
    private static readonly SearchValues<byte> NotPlain = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(c => (byte)c), (byte)'"', (byte)'\\']);

    /// <summary>Skips an object or an array with all that is in it.</summary>
    /// <remarks>
    /// Which of the two each open level is, is kept in one bit a level, the innermost lowest: recursion would let the sender decide how
    /// much stack we use. Two words are enough for <see cref="EnvelopeReader.MaxDepth"/>.
    /// </remarks>
    private JsonTokenType SkipNested(byte next)
    {
        var kind = next == '{' ? JsonTokenType.StartObject : JsonTokenType.StartArray;
        var outer = _depth;
        ulong objects = 0;
        ulong outerObjects = 0;
        while (true)
        {
            if (next is (byte)'{' or (byte)'[')
            {
                if (++_depth > EnvelopeReader.MaxDepth)
                {
                    Break();
                    return JsonTokenType.None;
                }

                var isObject = next == '{';
                outerObjects = (outerObjects << 1) | (objects >> 63);
                objects = (objects << 1) | (isObject ? 1UL : 0);
                _at++;
                next = Next();
                if (next != (isObject ? '}' : ']'))
                {
                    if (isObject)
                    {
                        SkipName();
                        next = Next();
                    }

                    continue;
                }
            }
            else if (SkipScalar(next) == JsonTokenType.None)
            {
                return JsonTokenType.None;
            }

            // A value is complete, and with it the levels that end here.
            while ((next = Next()) != ',')
            {
                if (next != ((objects & 1) != 0 ? '}' : ']'))
                {
                    Break();
                    return JsonTokenType.None;
                }

                _at++;
                objects = (objects >> 1) | (outerObjects << 63);
                outerObjects >>= 1;
                if (--_depth == outer)
                {
                    return kind;
                }
            }

            _at++;
            if ((objects & 1) != 0)
            {
                SkipName();
            }

            next = Next();
        }
    }

    private JsonTokenType SkipScalar(byte next)
    {
        switch (next)
        {
            case (byte)'"':
                return SkipString() ? JsonTokenType.String : JsonTokenType.None;
            case (byte)'t':
                return SkipWord("true"u8) ? JsonTokenType.True : JsonTokenType.None;
            case (byte)'f':
                return SkipWord("false"u8) ? JsonTokenType.False : JsonTokenType.None;
            case (byte)'n':
                return SkipWord("null"u8) ? JsonTokenType.Null : JsonTokenType.None;
            default:
                return SkipNumber() ? JsonTokenType.Number : JsonTokenType.None;
        }
    }

    private bool SkipName() => Next() == '"' ? SkipString() && SkipColon() : Break();

    private bool SkipColon()
    {
        if (Next() != ':')
        {
            return Break();
        }

        _at++;
        return true;
    }

    private bool SkipWord(ReadOnlySpan<byte> word)
    {
        if (!_json[_at..].StartsWith(word))
        {
            return Break();
        }

        _at += word.Length;
        return true;
    }

    /// <summary>Skips a number. What follows it is for the caller to judge, who has to find a comma, an end or white space there.</summary>
    private bool SkipNumber()
    {
        var at = _at;
        if (At(at) == '-')
        {
            at++;
        }

        // No digit follows a leading zero.
        var isRight = At(at) == '0' ? ++at > 0 : SkipDigits(ref at);
        if (isRight && At(at) == '.')
        {
            at++;
            isRight = SkipDigits(ref at);
        }

        if (isRight && At(at) is (byte)'e' or (byte)'E')
        {
            at++;
            if (At(at) is (byte)'+' or (byte)'-')
            {
                at++;
            }

            isRight = SkipDigits(ref at);
        }

        if (!isRight)
        {
            return Break();
        }

        _at = at;
        return true;
    }

    private readonly bool SkipDigits(ref int at)
    {
        var start = at;
        while (At(at) is >= (byte)'0' and <= (byte)'9')
        {
            at++;
        }

        return at > start;
    }

    private readonly byte At(int at) => (uint)at < (uint)_json.Length ? _json[at] : (byte)0;

    private bool SkipString()
    {
        var rest = _json[(_at + 1)..];
        while (true)
        {
            var plain = PlainLength(rest);
            if ((uint)plain >= (uint)rest.Length)
            {
                return Break();
            }

            if (rest[plain] == '"')
            {
                _at = _json.Length - rest.Length + plain + 1;
                return true;
            }

            var escape = rest[plain..];
            var length = EscapedText.EscapeLength(escape);
            if (length == 0)
            {
                return Break();
            }

            _hasEscape = true;
            rest = escape[length..];
        }
    }

    /// <summary>How many bytes of a string need no second look; negative if all that is left doesn't.</summary>
    private static int PlainLength(ReadOnlySpan<byte> rest)
    {
        // Most strings are short, and one comparison by hand is done before a search has begun.
        if (!Vector256.IsHardwareAccelerated || rest.Length < Vector256<byte>.Count)
        {
            return rest.IndexOfAny(NotPlain);
        }

        var bytes = Vector256.Create(rest);
        var found = (Vector256.Equals(bytes, Vector256.Create((byte)'"')) | Vector256.Equals(bytes, Vector256.Create((byte)'\\'))
            | Vector256.LessThan(bytes, Vector256.Create((byte)' '))).ExtractMostSignificantBits();
        if (found != 0)
        {
            return BitOperations.TrailingZeroCount(found);
        }

        var further = rest[Vector256<byte>.Count..].IndexOfAny(NotPlain);
        return further < 0 ? further : further + Vector256<byte>.Count;
    }
}
