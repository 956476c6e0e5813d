using McpHub.Protocol;

namespace McpHub.Composition.Values;

/// <summary>A text with values in it: strings as they are, everything else as JSON.</summary>
/// <param name="parts">Each a piece of text as it stands within a JSON string, or a reference.</param>
internal sealed class TextValue(IReadOnlyList<(byte[] Text, ReferenceValue? Reference)> parts) : ValueExpression
{
    private readonly (byte[] Text, ReferenceValue? Reference)[] _parts = [.. parts];

    public override IEnumerable<ReferenceValue> References => _parts.Select(p => p.Reference).OfType<ReferenceValue>();

    public override bool TryWrite(Utf8Buffer buffer, in ValueScope scope)
    {
        buffer.Write((byte)'"');
        foreach (var (text, reference) in _parts)
        {
            if (reference is null)
            {
                buffer.Write(text);
                continue;
            }

            var json = reference.Find(scope);
            if (json.IsEmpty)
            {
                throw new MissingValueException(reference.Pointer.Text);
            }

            WriteWithin(buffer, json);
        }

        buffer.Write((byte)'"');
        return true;
    }

    private static void WriteWithin(Utf8Buffer buffer, ReadOnlySpan<byte> json)
    {
        if (json[0] == '"')
        {
            // Escaped already, for the same purpose.
            buffer.Write(json[1..^1]);
        }
        else if (json[0] is (byte)'{' or (byte)'[')
        {
            JsonText.WriteEscaped(buffer, json);
        }
        else
        {
            buffer.Write(json);
        }
    }
}
