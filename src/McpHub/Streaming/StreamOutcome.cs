using McpHub.Protocol;

namespace McpHub.Streaming;

/// <summary>What a tool's call came to.</summary>
/// <param name="IsResult">Whether it is a result; else an error.</param>
/// <param name="Json">The result object of 2025-11-25, or the error object with <c>code</c> and <c>message</c>.</param>
internal readonly record struct StreamOutcome(bool IsResult, ReadOnlyMemory<byte> Json)
{
    public static StreamOutcome Failed(FailureKind kind, string message)
    {
        using var buffer = Utf8Buffer.Rent();
        var error = new ObjectCopy(buffer);
        error.Begin("code"u8);
        buffer.Write((long)Failures.Of(kind).Code);
        error.Begin("message"u8);
        JsonText.Write(buffer, message);
        error.End();
        return new StreamOutcome(false, buffer.Span.ToArray());
    }
}
