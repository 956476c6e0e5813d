namespace McpHub.Protocol;

/// <summary>JSON numbers by their exact value, whatever their length and form: 1, 1.0 and 10e-1 are the same, and nothing is rounded.</summary>
internal readonly ref struct JsonDecimal
{
    // No number that anybody means has a longer exponent; those that do are beyond all others.
    private const long LargestExponent = 1L << 40;

    private readonly ReadOnlySpan<byte> _whole;
    private readonly ReadOnlySpan<byte> _fraction;
    private readonly int _first;
    private readonly int _end;

    private JsonDecimal(ReadOnlySpan<byte> json)
    {
        IsNegative = json[0] == '-';
        var digits = IsNegative ? json[1..] : json;
        var mark = digits.IndexOfAny((byte)'e', (byte)'E');
        var exponent = mark < 0 ? 0 : Exponent(digits[(mark + 1)..]);
        digits = mark < 0 ? digits : digits[..mark];
        var point = digits.IndexOf((byte)'.');
        _whole = point < 0 ? digits : digits[..point];
        _fraction = point < 0 ? default : digits[(point + 1)..];
        _end = _whole.Length + _fraction.Length;
        while (_end > 0 && Digit(_end - 1) == '0')
        {
            _end--;
        }

        while (_first < _end && Digit(_first) == '0')
        {
            _first++;
        }

        Magnitude = exponent + _whole.Length - _first;
    }

    private bool IsNegative { get; }

    private bool IsZero => _first == _end;

    /// <summary>The power of ten that the first digit stands before.</summary>
    private long Magnitude { get; }

    /// <summary>Compares two numbers, each valid JSON.</summary>
    /// <returns>Less than, equal to or greater than 0, as the first is to the second.</returns>
    public static int Compare(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var a = new JsonDecimal(first);
        var b = new JsonDecimal(second);
        if (a.Sign() != b.Sign() || a.IsZero)
        {
            return a.Sign().CompareTo(b.Sign());
        }

        return a.Sign() * a.CompareSize(b);
    }

    private int Sign() => IsZero ? 0 : IsNegative ? -1 : 1;

    private int CompareSize(in JsonDecimal other)
    {
        if (Magnitude != other.Magnitude)
        {
            return Magnitude.CompareTo(other.Magnitude);
        }

        for (var i = 0; _first + i < _end && other._first + i < other._end; i++)
        {
            var order = Digit(_first + i).CompareTo(other.Digit(other._first + i));
            if (order != 0)
            {
                return order;
            }
        }

        return (_end - _first).CompareTo(other._end - other._first);
    }

    private byte Digit(int index) => index < _whole.Length ? _whole[index] : _fraction[index - _whole.Length];

    private static long Exponent(ReadOnlySpan<byte> json)
    {
        var isNegative = json[0] == '-';
        long value = 0;
        foreach (var digit in json[(json[0] is (byte)'-' or (byte)'+' ? 1 : 0)..])
        {
            value = Math.Min((value * 10) + (digit - '0'), LargestExponent);
        }

        return isNegative ? -value : value;
    }
}
