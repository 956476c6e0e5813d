using McpHub.Composition.Running;

namespace McpHub.Composition.Definitions;

/// <summary>A step with its place in the graph. Immutable.</summary>
/// <param name="Definition">What it does.</param>
/// <param name="Dependencies">The steps that have to end before it starts.</param>
/// <param name="Dependents">The steps that wait for it.</param>
/// <param name="Needed">Of <paramref name="Dependencies"/>, those without whose output it is skipped.</param>
internal sealed record PlannedStep(
    StepDefinition Definition, IReadOnlyList<int> Dependencies, IReadOnlyList<int> Dependents, IReadOnlyList<int> Needed)
{
    /// <summary>How results begin to tell of it.</summary>
    public byte[] ReportStart { get; } = StepReport.StartOf(Definition);
}
