using McpHub.Composition.Values;

namespace McpHub.Composition.Conditions;

/// <summary>When a step runs. Immutable; thread-safe.</summary>
internal abstract class Condition
{
    /// <summary>The pointers that it looks at.</summary>
    public abstract IEnumerable<ValuePointer> Pointers { get; }

    public abstract bool Holds(in ValueScope scope);
}
