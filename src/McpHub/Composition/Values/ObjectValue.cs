using McpHub.Protocol;

namespace McpHub.Composition.Values;

/// <summary>An object whose members are values; a member without a value is left out.</summary>
/// <param name="members">Names as JSON with their quotes, and values.</param>
internal sealed class ObjectValue(IReadOnlyList<(byte[] NameJson, ValueExpression Value)> members) : ValueExpression
{
    private readonly (byte[] NameJson, ValueExpression Value)[] _members = [.. members];

    public IReadOnlyList<(byte[] NameJson, ValueExpression Value)> Members => _members;

    public override IEnumerable<ReferenceValue> References => _members.SelectMany(m => m.Value.References);

    public override bool TryWrite(Utf8Buffer buffer, in ValueScope scope, int most)
    {
        buffer.Write((byte)'{');
        var hasMembers = false;
        foreach (var (name, value) in _members)
        {
            var start = buffer.Length;
            if (hasMembers)
            {
                buffer.Write((byte)',');
            }

            buffer.Write(name);
            buffer.Write((byte)':');
            if (value.TryWrite(buffer, scope, most))
            {
                hasMembers = true;
            }
            else
            {
                buffer.Truncate(start);
            }
        }

        buffer.Write((byte)'}');
        return true;
    }
}
