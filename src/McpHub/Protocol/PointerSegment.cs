using System.Globalization;
using System.Text;

namespace McpHub.Protocol;

/// <summary>One step of a JSON pointer (RFC 6901), decoded: the name of a member, or the index of an item, whatever it meets.</summary>
internal readonly struct PointerSegment(string name)
{
    private readonly int _index = IndexOf(name);

    public string Name { get; } = name;

    public byte[] Utf8 { get; } = Encoding.UTF8.GetBytes(name);

    /// <summary>Splits a pointer and decodes its segments.</summary>
    /// <returns><see langword="null"/> for what is no pointer, and for the empty one, which means everything.</returns>
    public static string[]? Split(string text)
    {
        if (!text.StartsWith('/')
            || text.Replace("~0", "", StringComparison.Ordinal).Replace("~1", "", StringComparison.Ordinal).Contains('~', StringComparison.Ordinal))
        {
            return null;
        }

        return Array.ConvertAll(
            text[1..].Split('/'), s => s.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal));
    }

    /// <summary>Whether a member's name, as JSON with its quotes, is this one.</summary>
    public bool Is(ReadOnlySpan<byte> nameJson) =>
        nameJson.Contains((byte)'\\') ? JsonText.Decode(nameJson) == Name : nameJson[1..^1].SequenceEqual(Utf8);

    /// <summary>The item of an array; empty if it has none with this index.</summary>
    public ReadOnlySpan<byte> ItemOf(ReadOnlySpan<byte> array)
    {
        if (_index < 0)
        {
            return default;
        }

        var items = new JsonItems(array);
        for (var i = 0; items.MoveNext(); i++)
        {
            if (i == _index)
            {
                return items.Value;
            }
        }

        return default;
    }

    /// <summary>RFC 6901, section 4: digits without leading zeros; -1 for anything else.</summary>
    private static int IndexOf(string segment) =>
        segment.Length is > 0 and < 9 && segment.All(char.IsAsciiDigit) && (segment.Length == 1 || segment[0] != '0')
            ? int.Parse(segment, CultureInfo.InvariantCulture)
            : -1;
}
