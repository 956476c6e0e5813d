namespace McpHub.Pipeline;

/// <summary>The kinds of answer.</summary>
internal enum McpResultKind : byte
{
    /// <summary>No answer.</summary>
    None,

    /// <summary>A result object.</summary>
    Result,

    /// <summary>An error object that an upstream sent.</summary>
    UpstreamError,

    /// <summary>An error of the gateway's own.</summary>
    Failure,
}
