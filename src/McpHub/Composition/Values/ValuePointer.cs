using McpHub.Protocol;

namespace McpHub.Composition.Values;

/// <summary>A JSON pointer (RFC 6901) into the values of a run, with the step that it names already found. Immutable.</summary>
internal sealed class ValuePointer
{
    private readonly PointerSegment[] _segments;

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
        _segments = [.. segments.Select(s => new PointerSegment(s))];
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
        foreach (var segment in _segments)
        {
            if (json.IsEmpty)
            {
                return default;
            }

            json = json[0] == '{' ? Member(json, segment) : json[0] == '[' ? segment.ItemOf(json) : default;
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

    /// <summary>Of a name that is there twice, the last value holds, as for most readers of JSON.</summary>
    private static ReadOnlySpan<byte> Member(ReadOnlySpan<byte> json, PointerSegment segment)
    {
        ReadOnlySpan<byte> found = default;
        var members = new JsonMembers(json);
        while (members.MoveNext())
        {
            if (segment.Is(members.Name))
            {
                found = members.Value;
            }
        }

        return found;
    }
}
