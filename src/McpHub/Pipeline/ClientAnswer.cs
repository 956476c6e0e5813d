namespace McpHub.Pipeline;

/// <summary>What a client answered to a request of the gateway's.</summary>
/// <param name="Json">The result object, or the error object.</param>
/// <param name="IsError">Which of the two it is.</param>
/// <param name="WasAsked">Whether the client got the request at all; if not, the error is the gateway's.</param>
internal sealed record ClientAnswer(ReadOnlyMemory<byte> Json, bool IsError, bool WasAsked = true);
