using McpHub.Composition.Values;

namespace McpHub.Composition.Conditions;

/// <summary>Whether a value equals another: numbers by their value, objects whatever the order of their members.</summary>
internal sealed class EqualsCondition(ValuePointer at, ValueExpression other) : Condition
{
    public ValuePointer At => at;

    public ValueExpression Other => other;

    public override IEnumerable<ValuePointer> Pointers => [at, .. other.References.Select(r => r.Pointer)];

    public override bool Holds(in ValueScope scope)
    {
        using var value = Operand.Of(other, scope);
        return value.Exists && JsonComparison.AreEqual(at.Find(scope), value.Json);
    }
}
