using McpHub.Composition.Values;

namespace McpHub.Composition.Conditions;

/// <summary>Whether a value lies on one side of another: numbers by their value, strings by their characters. Of two kinds, nothing holds.</summary>
internal sealed class CompareCondition(ValuePointer at, ComparisonOperator @operator, ValueExpression other) : Condition
{
    public override IEnumerable<ValuePointer> Pointers => [at, .. other.References.Select(r => r.Pointer)];

    public override bool Holds(in ValueScope scope)
    {
        using var value = Operand.Of(other, scope);
        return JsonComparison.Compare(at.Find(scope), value.Json) is { } order && @operator switch
        {
            ComparisonOperator.Less => order < 0,
            ComparisonOperator.LessOrEqual => order <= 0,
            ComparisonOperator.Greater => order > 0,
            _ => order >= 0,
        };
    }
}
