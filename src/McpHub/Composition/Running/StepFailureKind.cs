namespace McpHub.Composition.Running;

/// <summary>Why a step has failed.</summary>
internal enum StepFailureKind : byte
{
    RateLimited,
    Unavailable,
    Timeout,
    Lost,
    ToolError,
    Error,

    /// <summary>There is no such tool for the caller.</summary>
    UnknownTool,

    /// <summary>The caller was asked, and did not agree.</summary>
    Declined,

    /// <summary>The caller's client can't be asked.</summary>
    CannotAsk,

    /// <summary>A value that is needed is missing, or is of the wrong type.</summary>
    BadValue,

    /// <summary>There is more than the limits allow.</summary>
    TooLarge,

    /// <summary>The composition ended.</summary>
    Cancelled,
}
