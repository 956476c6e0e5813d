using McpHub.Composition.Values;

namespace McpHub.Composition.Definitions;

/// <summary>A step that is done once for each item of an array.</summary>
/// <param name="Items">Where the array is.</param>
/// <param name="Parallel">The most items at the same time.</param>
/// <param name="Most">The most items at all; more is an error.</param>
internal sealed record ForEachDefinition(ValuePointer Items, int Parallel, int Most);
