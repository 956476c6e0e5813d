namespace McpHub.Protocol;

/// <summary>A request that the gateway itself answers with an error.</summary>
/// <param name="Kind">Which kind; it decides code and status.</param>
/// <param name="Message">What the client reads: what is wrong and what to do, never anything of the gateway's insides.</param>
/// <param name="Data">The <c>data</c> member as JSON, or empty.</param>
internal sealed record Failure(FailureKind Kind, string Message, ReadOnlyMemory<byte> Data = default)
{
    /// <summary>All scopes that the request needs, where the caller lacks some; empty for every other failure.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>After how many seconds it may be worth another try; 0 if nobody knows.</summary>
    public int RetryAfter { get; init; }

    /// <summary>The JSON-RPC code; a missing resource had a code of its own until 2025-11-25 (SEP-2164).</summary>
    public int CodeFor(Revision revision) =>
        Kind == FailureKind.ResourceNotFound && !revision.IsModern() ? McpErrorCodes.LegacyResourceNotFound : Failures.Of(Kind).Code;
}
