namespace McpHub.Pipeline;

/// <summary>What a client answered to a request of the gateway's.</summary>
/// <param name="Json">The result object, or the error object.</param>
/// <param name="IsError">Which of the two it is.</param>
internal sealed record ClientAnswer(ReadOnlyMemory<byte> Json, bool IsError);
