using McpHub.Composition.Values;

namespace McpHub.Composition.Conditions;

/// <summary>Whether there is a value; null is one.</summary>
internal sealed class ExistsCondition(ValuePointer at, bool wanted) : Condition
{
    public ValuePointer At => at;

    public bool Wanted => wanted;

    public override IEnumerable<ValuePointer> Pointers => [at];

    public override bool Holds(in ValueScope scope) => !at.Find(scope).IsEmpty == wanted;
}
