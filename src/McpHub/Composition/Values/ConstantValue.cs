using McpHub.Protocol;

namespace McpHub.Composition.Values;

/// <summary>A value that is the same in every run.</summary>
/// <param name="json">The value as JSON.</param>
internal sealed class ConstantValue(byte[] json) : ValueExpression
{
    public ReadOnlySpan<byte> Json => json;

    /// <summary><see cref="Json"/>, to be kept.</summary>
    public ReadOnlyMemory<byte> Memory => json;

    public override bool TryWrite(Utf8Buffer buffer, in ValueScope scope, int most)
    {
        Write(buffer, json, most);
        return true;
    }
}
