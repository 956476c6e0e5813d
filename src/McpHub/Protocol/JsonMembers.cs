using System.Text.Json;

namespace McpHub.Protocol;

/// <summary>
/// Walks the members of one JSON object without decoding them. Only for JSON that <see cref="EnvelopeReader"/> has read already;
/// what a message doesn't have has no members.
/// </summary>
internal ref struct JsonMembers
{
    private readonly ReadOnlySpan<byte> _json;
    private Utf8JsonReader _reader;
    private bool _nameIsEscaped;

    public JsonMembers(ReadOnlySpan<byte> json)
    {
        _json = json;
        _reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = EnvelopeReader.MaxDepth });
        IsObject = !json.IsEmpty && _reader.Read() && _reader.TokenType == JsonTokenType.StartObject;
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
    public JsonTokenType Kind { get; private set; }

    public bool MoveNext()
    {
        if (!IsObject || !_reader.Read() || _reader.TokenType != JsonTokenType.PropertyName)
        {
            return false;
        }

        // The reader counts the colon to the name; the name ends at its quote.
        _nameIsEscaped = _reader.ValueIsEscaped;
        Name = _json.Slice((int)_reader.TokenStartIndex, _reader.ValueSpan.Length + 2);
        _reader.Read();
        Kind = _reader.TokenType;
        var start = (int)_reader.TokenStartIndex;
        _reader.Skip();
        ValueSlice = new Slice(start, (int)_reader.BytesConsumed - start);
        Value = ValueSlice.Of(_json);
        return true;
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
