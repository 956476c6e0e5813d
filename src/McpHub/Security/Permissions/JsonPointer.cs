using System.Text;
using McpHub.Protocol;

namespace McpHub.Security.Permissions;

/// <summary>A JSON pointer (RFC 6901) to something within an object, which finds it in bytes without decoding what lies beside it.</summary>
/// <remarks>
/// An object may have a name twice, and JSON doesn't say which of the values its reader takes. So all that the pointer may mean is
/// looked at, and a <see cref="ValueTest"/> is told of each.
/// </remarks>
internal sealed class JsonPointer
{
    private readonly (string Name, byte[] Utf8, int Index)[] _segments;

    private JsonPointer(IEnumerable<string> segments) =>
        _segments = [.. segments.Select(s => (s, Encoding.UTF8.GetBytes(s), IndexOf(s)))];

    /// <summary>The names on the way, from the outside in.</summary>
    public IReadOnlyList<string> Names => [.. _segments.Select(s => s.Name)];

    /// <returns><see langword="false"/> for what is no pointer, and for the empty one, which means the object itself.</returns>
    public static bool TryParse(string text, out JsonPointer pointer)
    {
        pointer = null!;
        var isValid = text.StartsWith('/') && !text.Replace("~0", "", StringComparison.Ordinal).Replace("~1", "", StringComparison.Ordinal).Contains('~', StringComparison.Ordinal);
        if (isValid)
        {
            pointer = new JsonPointer(text[1..].Split('/').Select(s =>
                s.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)));
        }

        return isValid;
    }

    /// <summary>Tests every value that the pointer may mean.</summary>
    /// <param name="json">An object, or nothing.</param>
    /// <param name="test">The test.</param>
    public FoundValues Find(ReadOnlySpan<byte> json, ValueTest test) => Find(json, 0, test);

    private FoundValues Find(ReadOnlySpan<byte> json, int depth, ValueTest test)
    {
        if (json.IsEmpty)
        {
            return FoundValues.None;
        }

        if (depth == _segments.Length)
        {
            return test.Test(json);
        }

        var (name, utf8, index) = _segments[depth];
        var found = FoundValues.None;
        if (json[0] == '{')
        {
            var members = new JsonMembers(json);
            while (members.MoveNext())
            {
                if (Is(members.Name, name, utf8))
                {
                    found |= Find(members.Value, depth + 1, test);
                }
            }
        }
        else if (json[0] == '[' && index >= 0)
        {
            var items = new JsonItems(json);
            for (var i = 0; items.MoveNext(); i++)
            {
                if (i == index)
                {
                    return Find(items.Value, depth + 1, test);
                }
            }
        }

        return found;
    }

    private static bool Is(ReadOnlySpan<byte> json, string name, byte[] utf8) =>
        json.Contains((byte)'\\') ? JsonText.Decode(json) == name : json[1..^1].SequenceEqual(utf8);

    /// <summary>RFC 6901, section 4: digits without leading zeros; -1 for anything else.</summary>
    private static int IndexOf(string segment) =>
        segment.Length is > 0 and < 9 && segment.All(char.IsAsciiDigit) && (segment.Length == 1 || segment[0] != '0')
            ? int.Parse(segment, System.Globalization.CultureInfo.InvariantCulture)
            : -1;
}
