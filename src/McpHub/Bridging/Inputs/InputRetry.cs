namespace McpHub.Bridging.Inputs;

/// <summary>What a request that is sent again carries beside its parameters.</summary>
/// <param name="Responses">The <c>inputResponses</c> object; empty for none.</param>
/// <param name="State">The <c>requestState</c> as JSON with its quotes, exactly as the server gave it; empty for none.</param>
internal sealed record InputRetry(ReadOnlyMemory<byte> Responses, ReadOnlyMemory<byte> State)
{
    /// <summary>Whether these can be <c>inputResponses</c>: an object, or nothing.</summary>
    public static bool AreResponses(ReadOnlySpan<byte> json) => json.IsEmpty || json[0] == (byte)'{';
}
