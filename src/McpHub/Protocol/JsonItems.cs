namespace McpHub.Protocol;

/// <summary>
/// Walks the items of one JSON array without decoding them. Only for JSON that <see cref="EnvelopeReader"/> has read already; what is
/// no array has no items.
/// </summary>
internal ref struct JsonItems
{
    private readonly ReadOnlySpan<byte> _json;
    private readonly bool _isArray;
    private JsonScanner _scanner;

    public JsonItems(ReadOnlySpan<byte> json)
    {
        _json = json;
        _scanner = new JsonScanner(json);
        _isArray = _scanner.Peek() == '[';
        if (_isArray)
        {
            _scanner.EnterArray();
        }
    }

    /// <summary>The item as JSON.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Where the item begins in the array's bytes.</summary>
    public int Start { get; private set; }

    public bool MoveNext()
    {
        if (!_isArray || !_scanner.ReadItem())
        {
            return false;
        }

        var item = _scanner.ReadValue();
        Start = item.Start;
        Value = item.Of(_json);
        return !_scanner.IsBroken;
    }
}
