using McpHub.Protocol;

namespace McpHub.Composition.Values;

/// <summary>An array of values; an item without a value is null, so that the others keep their places.</summary>
internal sealed class ArrayValue(IReadOnlyList<ValueExpression> items) : ValueExpression
{
    private readonly ValueExpression[] _items = [.. items];

    public IReadOnlyList<ValueExpression> Items => _items;

    public override IEnumerable<ReferenceValue> References => _items.SelectMany(i => i.References);

    public override bool TryWrite(Utf8Buffer buffer, in ValueScope scope, int most)
    {
        buffer.Write((byte)'[');
        for (var i = 0; i < _items.Length; i++)
        {
            if (i > 0)
            {
                buffer.Write((byte)',');
            }

            if (!_items[i].TryWrite(buffer, scope, most))
            {
                Write(buffer, "null"u8, most);
            }
        }

        buffer.Write((byte)']');
        return true;
    }
}
