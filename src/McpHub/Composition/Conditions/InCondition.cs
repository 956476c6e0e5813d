using McpHub.Composition.Values;
using McpHub.Protocol;

namespace McpHub.Composition.Conditions;

/// <summary>Whether a value equals one of the items of an array.</summary>
internal sealed class InCondition(ValuePointer at, ValueExpression list) : Condition
{
    public ValuePointer At => at;

    public ValueExpression List => list;

    public override IEnumerable<ValuePointer> Pointers => [at, .. list.References.Select(r => r.Pointer)];

    public override bool Holds(in ValueScope scope)
    {
        using var value = Operand.Of(list, scope);
        var found = at.Find(scope);
        var items = new JsonItems(value.Json);
        while (!found.IsEmpty && items.MoveNext())
        {
            if (JsonComparison.AreEqual(found, items.Value))
            {
                return true;
            }
        }

        return false;
    }
}
