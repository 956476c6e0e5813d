using McpHub.Composition.Values;

namespace McpHub.Composition.Conditions;

/// <summary>The opposite of another condition.</summary>
internal sealed class NotCondition(Condition inner) : Condition
{
    public override IEnumerable<ValuePointer> Pointers => inner.Pointers;

    public override bool Holds(in ValueScope scope) => !inner.Holds(scope);
}
