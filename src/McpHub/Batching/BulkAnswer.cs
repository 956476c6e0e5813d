using McpHub.Protocol;

namespace McpHub.Batching;

/// <summary>What a call that was made for several is answered with, or what one of them is. Exactly one of the members is set.</summary>
internal sealed record BulkAnswer
{
    /// <summary>The result, in the form of revision 2025-11-25.</summary>
    public BulkPart? Part { get; init; }

    /// <summary>An error of the gateway's.</summary>
    public Failure? Failure { get; init; }

    /// <summary>The server's error object.</summary>
    public byte[]? Error { get; init; }

    /// <summary>The code of <see cref="Error"/>.</summary>
    public int Code { get; init; }
}
