using System.Text.Json;

namespace McpHub.Protocol;

/// <summary>
/// Walks the items of one JSON array without decoding them. Only for JSON that <see cref="EnvelopeReader"/> has read already; what is
/// no array has no items.
/// </summary>
internal ref struct JsonItems
{
    private readonly ReadOnlySpan<byte> _json;
    private JsonScanner _scanner;
    private bool _isOver;

    public JsonItems(ReadOnlySpan<byte> json)
    {
        _json = json;
        _scanner = new JsonScanner(json);
        _isOver = _scanner.Peek() != '[';
        if (!_isOver)
        {
            _scanner.EnterArray();
        }
    }

    /// <summary>The item as JSON.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Where the item begins in the array's bytes.</summary>
    public int Start { get; private set; }

    /// <exception cref="JsonException">It is no JSON, or nested too deep.</exception>
    public bool MoveNext()
    {
        if (!_isOver && _scanner.ReadItem())
        {
            var item = _scanner.ReadValue();
            Start = item.Start;
            Value = item.Of(_json);
            if (!_scanner.IsBroken)
            {
                return true;
            }
        }

        _isOver = true;
        _scanner.ThrowIfBroken();
        return false;
    }
}
