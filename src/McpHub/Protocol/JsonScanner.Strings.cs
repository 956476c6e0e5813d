using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace McpHub.Protocol;

/// <remarks>
/// A message is mostly strings, and mostly short ones: a search in each would take longer to begin than to find. So the bytes are looked
/// at in blocks of 64, and what a block holds is kept in one word, which answers for all strings that end in it.
/// </remarks>
internal ref partial struct JsonScanner
{
    private const int BlockLength = 64;

    // The same that the marks are for.
    private static readonly SearchValues<byte> NotPlain = SearchValues.Create(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, (byte)'"', (byte)'\\']);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int SkipString(int at)
    {
        at++;
        var marks = MarksFrom(at);
        var end = at + BitOperations.TrailingZeroCount(marks);
        return marks != 0 && At(end) == '"' ? end + 1 : SkipLongString(at);
    }

    /// <summary>Skips the rest of a string that leaves its block, has escapes, or is wrong.</summary>
    private int SkipLongString(int at)
    {
        while (at < _json.Length)
        {
            var marks = MarksFrom(at);
            if (marks != 0)
            {
                at += BitOperations.TrailingZeroCount(marks);
            }
            else if (_json[at..].IndexOfAny(NotPlain) is >= 0 and var plain)
            {
                at += plain;
            }
            else
            {
                break;
            }

            if (At(at) == '"')
            {
                return at + 1;
            }

            // JSON within a string is full of these.
            if (At(at) == '\\' && EscapedText.IsShort(At(at + 1)))
            {
                _hasEscape = true;
                at += 2;
                continue;
            }

            var escape = at < _json.Length ? EscapedText.EscapeLength(_json[at..]) : 0;
            if (escape == 0)
            {
                break;
            }

            _hasEscape = true;
            at += escape;
        }

        return Nowhere;
    }

    /// <summary>
    /// What ends the plain part of a string, from a position to the end of its block: quotes, escapes, and what may not stand there. The
    /// lowest bit is for the position itself.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong MarksFrom(int at)
    {
        var block = at & -BlockLength;
        if (block != _block)
        {
            _block = block;
            _blockMarks = MarksOf(block);
        }

        return _blockMarks >> (at - block);
    }

    private readonly ulong MarksOf(int block)
    {
        // The last block is read from its end, so that nothing behind the text is read; a short text is copied to where it is one.
        var missing = block + BlockLength - _json.Length;
        if (missing <= 0)
        {
            return MarksOf(_json.Slice(block, BlockLength));
        }

        if (_json.Length >= BlockLength)
        {
            return missing < BlockLength ? MarksOf(_json[^BlockLength..]) >> missing : 0;
        }

        Span<byte> copy = stackalloc byte[BlockLength];
        copy.Clear();
        _json.CopyTo(copy);
        return MarksOf(copy);
    }

    private static ulong MarksOf(ReadOnlySpan<byte> block)
    {
        var bytes = Vector512.Create(block);
        return (Vector512.Equals(bytes, Vector512.Create((byte)'"')) | Vector512.Equals(bytes, Vector512.Create((byte)'\\'))
            | Vector512.LessThan(bytes, Vector512.Create((byte)' '))).ExtractMostSignificantBits();
    }
}
