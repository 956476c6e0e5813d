using McpHub.Composition.Definitions;
using McpHub.Composition.Values;
using McpHub.Protocol;

namespace McpHub.Composition.Conditions;

/// <summary>The other side of a comparison. What a reference finds is not copied.</summary>
internal readonly ref struct Operand
{
    private readonly Utf8Buffer? _owner;

    private Operand(ReadOnlySpan<byte> json, Utf8Buffer? owner)
    {
        Json = json;
        _owner = owner;
    }

    public ReadOnlySpan<byte> Json { get; }

    public bool Exists => !Json.IsEmpty;

    public static Operand Of(ValueExpression expression, in ValueScope scope)
    {
        switch (expression)
        {
            case ConstantValue constant:
                return new Operand(constant.Json, null);
            case ReferenceValue reference:
                return new Operand(reference.Find(scope), null);
            default:
                var buffer = Utf8Buffer.Rent();
                try
                {
                    return expression.TryWrite(buffer, scope, (int)CompositionLimits.MostOutput) ? new Operand(buffer.Span, buffer) : new Operand(default, buffer);
                }
                catch (Exception e) when (e is MissingValueException or OversizedValueException)
                {
                    // What can't be written equals nothing.
                    return new Operand(default, buffer);
                }
        }
    }

    public void Dispose() => _owner?.Dispose();
}
