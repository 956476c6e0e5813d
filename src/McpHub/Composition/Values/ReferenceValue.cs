using McpHub.Protocol;

namespace McpHub.Composition.Values;

/// <summary>A value that a pointer finds, of whatever type it is there: a text that is one <c>${/…}</c> and nothing else.</summary>
/// <param name="pointer">Where it is.</param>
/// <param name="fallback">What it is where there is none, as JSON; <see langword="null"/> for nothing.</param>
internal sealed class ReferenceValue(ValuePointer pointer, byte[]? fallback) : ValueExpression
{
    public ValuePointer Pointer => pointer;

    public bool HasDefault => fallback is not null;

    /// <summary>The default as JSON; empty if there is none.</summary>
    public ReadOnlySpan<byte> Default => fallback;

    public override IEnumerable<ReferenceValue> References => [this];

    public override bool TryWrite(Utf8Buffer buffer, in ValueScope scope, int most)
    {
        var json = Find(scope);
        Write(buffer, json, most);
        return !json.IsEmpty;
    }

    /// <summary>The value, or the default; empty if there is neither.</summary>
    public ReadOnlySpan<byte> Find(in ValueScope scope)
    {
        var json = pointer.Find(scope);
        return json.IsEmpty ? fallback : json;
    }
}
