using McpHub.Protocol;

namespace McpHub.Security.Permissions;

/// <summary>A JSON pointer (RFC 6901) to something within an object, which finds it in bytes without decoding what lies beside it.</summary>
/// <remarks>
/// An object may have a name twice, and JSON doesn't say which of the values its reader takes. So all that the pointer may mean is
/// looked at, and a <see cref="ValueTest"/> is told of each.
/// </remarks>
internal sealed class JsonPointer
{
    private readonly PointerSegment[] _segments;

    private JsonPointer(string[] segments) => _segments = Array.ConvertAll(segments, s => new PointerSegment(s));

    /// <summary>The names on the way, from the outside in.</summary>
    public IReadOnlyList<string> Names => [.. _segments.Select(s => s.Name)];

    /// <returns><see langword="false"/> for what is no pointer, and for the empty one, which means the object itself.</returns>
    public static bool TryParse(string text, out JsonPointer pointer)
    {
        var segments = PointerSegment.Split(text);
        pointer = segments is null ? null! : new JsonPointer(segments);
        return segments is not null;
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

        var segment = _segments[depth];
        var found = FoundValues.None;
        if (json[0] == '{')
        {
            var members = new JsonMembers(json);
            while (members.MoveNext())
            {
                if (segment.Is(members.Name))
                {
                    found |= Find(members.Value, depth + 1, test);
                }
            }
        }
        else if (json[0] == '[')
        {
            return Find(segment.ItemOf(json), depth + 1, test);
        }

        return found;
    }
}
