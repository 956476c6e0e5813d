namespace McpHub.Composition.Definitions;

/// <summary>The failures of a step after which it may be tried again.</summary>
[Flags]
internal enum RetryOn
{
    None,

    /// <summary>A limit of the gateway's: the call has not run.</summary>
    RateLimited = 1,

    /// <summary>The server, or the gateway, could not take the call: it has not run.</summary>
    Unavailable = 2,

    /// <summary>It took too long: the call may have run.</summary>
    Timeout = 4,

    /// <summary>The server was lost meanwhile: the call may have run.</summary>
    Lost = 8,

    /// <summary>The tool ran and says that it failed.</summary>
    ToolError = 16,

    /// <summary>The server, or the gateway, answered with any other error.</summary>
    Error = 32,

    Any = RateLimited | Unavailable | Timeout | Lost | ToolError | Error,
}
