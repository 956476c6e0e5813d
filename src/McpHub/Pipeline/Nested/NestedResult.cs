using McpHub.Protocol;

namespace McpHub.Pipeline.Nested;

/// <summary>What came of a nested call, in the form of 2025-11-25. Disposing it gives the bytes back.</summary>
/// <param name="result">The answer.</param>
/// <param name="isFromCache">Whether it was there before the call.</param>
internal readonly struct NestedResult(McpResult result, bool isFromCache) : IDisposable
{
    /// <summary>Whether there is no result: the gateway or the server answered with an error. A tool that ran and failed has a result.</summary>
    public bool IsError => result.Kind != McpResultKind.Result;

    /// <summary>The result object; if <see cref="IsError"/>, the server's error object, or nothing.</summary>
    public ReadOnlyMemory<byte> Json => result.Json;

    /// <summary>Whether the tool ran and failed.</summary>
    public bool IsToolError => result.IsToolError;

    public bool IsFromCache => isFromCache;

    /// <summary>Why the gateway itself answers with an error; <see langword="null"/> if it doesn't.</summary>
    public Failure? Failure => result.Failure;

    /// <summary>The code of the error, as a client of 2025-11-25 gets it; 0 if there is none.</summary>
    public int Code => result.Failure?.CodeFor(Revisions.LatestLegacy) ?? result.Code;

    /// <summary>What the caller may be told of the error; empty if there is none.</summary>
    public string ErrorText => !IsError ? ""
        : result.Failure?.Message
        ?? (JsonMembers.TryGet(result.Json.Span, "message"u8, out var message) && JsonText.Decode(message) is { Length: > 0 } text ? text : $"error {result.Code}");

    public void Dispose() => result.Dispose();
}
