using McpHub.Composition.Values;
using McpHub.Configuration.Reading;

namespace McpHub.Composition.Definitions;

/// <summary>A composition as it was written, read and found well-formed. Immutable.</summary>
internal sealed record CompositionDefinition
{
    public required string Name { get; init; }

    public string? Title { get; init; }

    public required string Description { get; init; }

    /// <summary>The schema of the arguments, an object as JSON.</summary>
    public required string InputSchema { get; init; }

    /// <summary>The schema of the result; <see langword="null"/> for none.</summary>
    public string? OutputSchema { get; init; }

    /// <summary>The annotations that are given, an object as JSON; what it says nothing of is derived from the steps.</summary>
    public string? Annotations { get; init; }

    public string? Category { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>For the whole of a run; <see langword="null"/> for no limit but those of its steps.</summary>
    public TimeSpan? Timeout { get; init; }

    public required IReadOnlyList<StepDefinition> Steps { get; init; }

    /// <summary>What the result is made of; <see langword="null"/> for the output of the last step.</summary>
    public ValueExpression? Output { get; init; }

    /// <summary>Where it stands.</summary>
    public required ConfigNode Node { get; init; }
}
