using System.Text.Json;

namespace McpHub.Protocol;

/// <summary>
/// Walks the items of one JSON array without decoding them. Only for JSON that <see cref="EnvelopeReader"/> has read already; what is
/// no array has no items.
/// </summary>
internal ref struct JsonItems
{
    private readonly ReadOnlySpan<byte> _json;
    private readonly bool _isArray;
    private Utf8JsonReader _reader;

    public JsonItems(ReadOnlySpan<byte> json)
    {
        _json = json;
        _reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = EnvelopeReader.MaxDepth });
        _isArray = !json.IsEmpty && _reader.Read() && _reader.TokenType == JsonTokenType.StartArray;
    }

    /// <summary>The item as JSON.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Where the item begins in the array's bytes.</summary>
    public int Start { get; private set; }

    public bool MoveNext()
    {
        if (!_isArray || !_reader.Read() || _reader.TokenType == JsonTokenType.EndArray)
        {
            return false;
        }

        Start = (int)_reader.TokenStartIndex;
        _reader.Skip();
        Value = _json[Start..(int)_reader.BytesConsumed];
        return true;
    }
}
