using System.Globalization;
using System.Text;
using McpHub.Protocol;

namespace McpHub.Composition.Values;

/// <summary>A JSON pointer (RFC 6901) into the values of a run, with the step that it names already found. Immutable.</summary>
internal sealed class ValuePointer
{
    private readonly (string Name, byte[] Utf8, int Index)[] _segments;

    /// <param name="text">The pointer as it was written.</param>
    /// <param name="root">Where it starts.</param>
    /// <param name="step">The place of the step in the list, for the roots that have one.</param>
    /// <param name="segments">What follows the root.</param>
    public ValuePointer(string text, ValueRoot root, int step, IReadOnlyList<string> segments)
    {
        Text = text;
        Root = root;
        Step = step;
        Segments = segments;
        _segments = [.. segments.Select(s => (s, Encoding.UTF8.GetBytes(s), IndexOf(s)))];
    }

    public string Text { get; }

    public ValueRoot Root { get; }

    public int Step { get; }

    /// <summary>What follows the root, decoded.</summary>
    public IReadOnlyList<string> Segments { get; }

    /// <summary>Finds the value; empty if there is none.</summary>
    public ReadOnlySpan<byte> Find(in ValueScope scope)
    {
        var json = scope.Of(Root, Step).Span;
        foreach (var (name, utf8, index) in _segments)
        {
            if (json.IsEmpty)
            {
                return default;
            }

            json = json[0] == '{' ? Member(json, name, utf8) : json[0] == '[' && index >= 0 ? Item(json, index) : default;
        }

        return json;
    }

    /// <summary>Finds the value, for longer than one look: it lies where the scope has it, and is not copied.</summary>
    public ReadOnlyMemory<byte> FindMemory(in ValueScope scope)
    {
        var root = scope.Of(Root, Step);
        var found = Find(scope);
        return root.Span.Overlaps(found, out var start) ? root.Slice(start, found.Length) : default;
    }

    /// <summary>Splits a pointer and decodes its segments.</summary>
    /// <returns><see langword="null"/> for what is no pointer, or means everything.</returns>
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

    /// <summary>Of a name that is there twice, the last value holds, as for most readers of JSON.</summary>
    private static ReadOnlySpan<byte> Member(ReadOnlySpan<byte> json, string name, byte[] utf8)
    {
        ReadOnlySpan<byte> found = default;
        var scanner = new JsonScanner(json);
        scanner.EnterObject();
        while (scanner.ReadName())
        {
            if (scanner.Name.Contains((byte)'\\'))
            {
                return DecodedMember(json, name, utf8);
            }

            var isFound = scanner.Name.SequenceEqual(utf8);
            var value = scanner.ReadValue();
            if (isFound)
            {
                found = value.Of(json);
            }
        }

        return found;
    }

    /// <summary>The same among names that are escaped, which hardly any are.</summary>
    private static ReadOnlySpan<byte> DecodedMember(ReadOnlySpan<byte> json, string name, byte[] utf8)
    {
        ReadOnlySpan<byte> found = default;
        var members = new JsonMembers(json);
        while (members.MoveNext())
        {
            if (members.Name.Contains((byte)'\\') ? JsonText.Decode(members.Name) == name : members.Name[1..^1].SequenceEqual(utf8))
            {
                found = members.Value;
            }
        }

        return found;
    }

    private static ReadOnlySpan<byte> Item(ReadOnlySpan<byte> json, int index)
    {
        var items = new JsonItems(json);
        for (var i = 0; items.MoveNext(); i++)
        {
            if (i == index)
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
