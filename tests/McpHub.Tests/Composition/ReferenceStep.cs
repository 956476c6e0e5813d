using System.Text.Json.Nodes;

namespace McpHub.Tests.Composition;

/// <summary>What the reference interpreter says of a step.</summary>
/// <param name="Outcome">As the executor's enum spells it.</param>
/// <param name="Output">The output; <see langword="null"/> with <paramref name="HasOutput"/> is null itself.</param>
/// <param name="HasOutput">Whether there is one.</param>
/// <param name="Error">The kind of the failure.</param>
/// <param name="Message">Its message.</param>
/// <param name="Attempts">How many calls were made.</param>
/// <param name="Fails">Whether the composition fails with it.</param>
internal sealed record ReferenceStep(
    string Outcome, JsonNode? Output = null, bool HasOutput = false, string? Error = null, string Message = "", int Attempts = 0, bool Fails = false);
