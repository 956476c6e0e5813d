using McpHub.Protocol;

namespace McpHub.Composition.Values;

/// <summary>A text with values in it: strings as they are, everything else as JSON.</summary>
/// <param name="parts">Each a piece of text as it stands within a JSON string, or a reference.</param>
internal sealed class TextValue(IReadOnlyList<(byte[] Text, ReferenceValue? Reference)> parts) : ValueExpression
{
    private readonly (byte[] Text, ReferenceValue? Reference)[] _parts = [.. parts];

    public override IEnumerable<ReferenceValue> References => _parts.Select(p => p.Reference).OfType<ReferenceValue>();

    public override bool TryWrite(Utf8Buffer buffer, in ValueScope scope, int most)
    {
        buffer.Write((byte)'"');
        foreach (var (text, reference) in _parts)
        {
            if (reference is null)
            {
                Write(buffer, text, most);
                continue;
            }

            var json = reference.Find(scope);
            if (json.IsEmpty)
            {
                throw new MissingValueException(reference.Pointer.Text);
            }

            WriteWithin(buffer, json, most);
        }

        buffer.Write((byte)'"');
        return true;
    }

    private static void WriteWithin(Utf8Buffer buffer, ReadOnlySpan<byte> json, int most)
    {
        if (json[0] == '"')
        {
            // Escaped already, for the same purpose.
            Write(buffer, json[1..^1], most);
        }
        else if (json[0] is (byte)'{' or (byte)'[')
        {
            EnsureFits(buffer, json.Length, most);
            JsonText.WriteEscaped(buffer, json);

            // The escapes have made it longer.
            EnsureFits(buffer, 0, most);
        }
        else
        {
            Write(buffer, json, most);
        }
    }
}
