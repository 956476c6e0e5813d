using McpHub.Composition.Definitions;

namespace McpHub.Composition.Authoring;

/// <summary>A composition that a caller has defined. Immutable.</summary>
/// <param name="Owner">The key of its author.</param>
/// <param name="Author">The author's name, for people; empty where there is none.</param>
/// <param name="Plan">What is run.</param>
/// <param name="Json">The definition.</param>
internal sealed record CallerComposition(string Owner, string Author, CompositionPlan Plan, string Json)
{
    public string Name => Plan.Definition.Name;
}
