using McpHub.Composition.Values;

namespace McpHub.Composition.Conditions;

/// <summary>Several conditions, of which all have to hold, or any.</summary>
internal sealed class CombinedCondition(IReadOnlyList<Condition> parts, bool isAll) : Condition
{
    private readonly Condition[] _parts = [.. parts];

    public IReadOnlyList<Condition> Parts => _parts;

    public bool IsAll => isAll;

    public override IEnumerable<ValuePointer> Pointers => _parts.SelectMany(p => p.Pointers);

    public override bool Holds(in ValueScope scope)
    {
        foreach (var part in _parts)
        {
            if (part.Holds(scope) != isAll)
            {
                return !isAll;
            }
        }

        return isAll;
    }
}
