namespace McpHub.Composition.Running;

/// <summary>What one call, or one question, has come to.</summary>
/// <param name="Output">The output as JSON, in bytes that nobody takes back.</param>
/// <param name="Failure">Why there is none.</param>
/// <param name="IsFromCache">Whether no server was asked.</param>
internal readonly record struct StepAnswer(ReadOnlyMemory<byte> Output, StepFailure? Failure = null, bool IsFromCache = false)
{
    public static StepAnswer Fail(StepFailureKind kind, string message) => new(default, new StepFailure(kind, message));
}
