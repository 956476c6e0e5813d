namespace McpHub.Composition.Running;

/// <summary>What a run has come to.</summary>
/// <param name="Output">The output as JSON; empty if there is none.</param>
/// <param name="Error">Why it has failed; <see langword="null"/> if it hasn't.</param>
internal readonly record struct CompositionResult(ReadOnlyMemory<byte> Output, string? Error)
{
    public static CompositionResult Fail(string error) => new(default, error);
}
