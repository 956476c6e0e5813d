using System.Buffers.Binary;
using System.Buffers.Text;

namespace McpHub.Caching;

/// <summary>
/// Writes a JSON number as its digits and a power of ten: <c>1</c>, <c>1.0</c> and <c>1e0</c> are one number, and whole numbers too
/// large for a double stay apart.
/// </summary>
internal static class CanonicalNumber
{
    // An exponent of so many digits can't overflow; a longer one is left as it is written.
    private const int MostExponentDigits = 15;

    public static void Write(KeyBuffer buffer, ReadOnlySpan<byte> number)
    {
        var at = buffer.Length;
        buffer.Write(0);
        if (!TryWrite(buffer, number))
        {
            buffer.Truncate(at + sizeof(int));
            buffer.Write((byte)'=');
            buffer.Write(number);
        }

        buffer.Patch(at, buffer.Length - at - sizeof(int));
    }

    private static bool TryWrite(KeyBuffer buffer, ReadOnlySpan<byte> number)
    {
        if (number[0] == (byte)'-')
        {
            buffer.Write((byte)'-');
            number = number[1..];
        }

        long exponent = 0;
        var e = number.IndexOfAny((byte)'e', (byte)'E');
        if (e >= 0)
        {
            var digits = number[(e + 1)..];
            if (digits.Length > MostExponentDigits)
            {
                return false;
            }

            // The parser takes no plus.
            _ = Utf8Parser.TryParse(digits[0] == (byte)'+' ? digits[1..] : digits, out exponent, out int _);
            number = number[..e];
        }

        var start = buffer.Length;
        var point = number.IndexOf((byte)'.');
        buffer.Write(point < 0 ? number : number[..point]);
        if (point >= 0)
        {
            buffer.Write(number[(point + 1)..]);
            exponent -= number.Length - point - 1;
        }

        var all = buffer.Written(start, buffer.Length - start);
        var significant = all.TrimEnd((byte)'0');
        exponent += all.Length - significant.Length;
        var leading = significant.Length - significant.TrimStart((byte)'0').Length;
        significant[leading..].CopyTo(all);
        buffer.Truncate(start + significant.Length - leading);
        if (buffer.Length == start)
        {
            buffer.Write((byte)'0');
            return true;
        }

        buffer.Write((byte)'e');
        BinaryPrimitives.WriteInt64LittleEndian(buffer.GetSpan(sizeof(long)), exponent);
        buffer.Advance(sizeof(long));
        return true;
    }
}
