using System.Text.Json;

namespace McpHub.Protocol;

/// <summary>
/// Walks the members of one JSON object without decoding them. Only for JSON that <see cref="EnvelopeReader"/> has read already;
/// what a message doesn't have has no members.
/// </summary>
internal ref struct JsonMembers
{
    private readonly ReadOnlySpan<byte> _json;
    private JsonScanner _scanner;
    private bool _isOver;
    private bool _nameIsEscaped;

    public JsonMembers(ReadOnlySpan<byte> json)
    {
        _json = json;
        _scanner = new JsonScanner(json);
        IsObject = _scanner.Peek() == '{';
        if (IsObject)
        {
            _scanner.EnterObject();
        }

        _isOver = !IsObject;
    }

    /// <summary>Whether the JSON is an object at all; without, there are no members.</summary>
    public bool IsObject { get; }

    /// <summary>The member's name as JSON, with its quotes.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>The member's value as JSON.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Where the value lies in the object's bytes.</summary>
    public Slice ValueSlice { get; private set; }

    /// <summary>The first token of the value.</summary>
    public readonly JsonTokenType Kind => Value[0] switch
    {
        (byte)'{' => JsonTokenType.StartObject,
        (byte)'[' => JsonTokenType.StartArray,
        (byte)'"' => JsonTokenType.String,
        (byte)'t' => JsonTokenType.True,
        (byte)'f' => JsonTokenType.False,
        (byte)'n' => JsonTokenType.Null,
        _ => JsonTokenType.Number,
    };

    /// <exception cref="JsonException">It is no JSON, or nested too deep.</exception>
    public bool MoveNext()
    {
        if (!_isOver && _scanner.ReadName())
        {
            _nameIsEscaped = _scanner.NameHasEscape;
            Name = _scanner.NameJson;
            ValueSlice = _scanner.ReadValue();
            Value = ValueSlice.Of(_json);
            if (!_scanner.IsBroken)
            {
                return true;
            }
        }

        _isOver = true;
        _scanner.ThrowIfBroken();
        return false;
    }

    /// <summary>Whether the name is this one, which has no characters that JSON escapes.</summary>
    public readonly bool NameIs(ReadOnlySpan<byte> name) =>
        Name[1..^1].SequenceEqual(name) || (_nameIsEscaped && JsonText.Decode(Name) == System.Text.Encoding.UTF8.GetString(name));

    /// <summary>Finds one member by name.</summary>
    public static bool TryGet(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var members = new JsonMembers(json);
        while (members.MoveNext())
        {
            if (members.NameIs(name))
            {
                value = members.Value;
                return true;
            }
        }

        value = default;
        return false;
    }
}
