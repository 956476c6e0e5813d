namespace McpHub.Protocol;

/// <summary>Every way in which the gateway itself fails a request. <see cref="Failures"/> maps each to what the client is told.</summary>
internal enum FailureKind : byte
{
    ParseError,
    InvalidRequest,
    MethodNotFound,
    InvalidParams,

    /// <summary>A modern request lacks a required <c>_meta</c> key.</summary>
    MissingMetadata,

    ResourceNotFound,
    HeaderMismatch,
    MissingClientCapability,
    UnsupportedProtocolVersion,

    /// <summary>A legacy request without a session where one is needed.</summary>
    SessionRequired,

    SessionNotFound,
    TooManySessions,
    OriginDenied,

    /// <summary>The request over HTTP has no credential, or none that is good here.</summary>
    Unauthenticated,

    /// <summary>A scope that the caller lacks would allow it.</summary>
    InsufficientScope,

    /// <summary>A token cannot be judged, because its issuer's keys could not be had.</summary>
    IssuerUnavailable,

    PayloadTooLarge,
    Overloaded,

    /// <summary>The caller, or all together, are over a configured limit: the request has not run.</summary>
    RateLimited,

    /// <summary>The request can't be recorded, where it has to be.</summary>
    AuditUnavailable,

    /// <summary>The upstream is not connected, or was lost before the request was sent: the request has not run.</summary>
    UpstreamUnavailable,

    /// <summary>The upstream was lost while the request was with it: it may have run.</summary>
    UpstreamLost,

    /// <summary>The upstream answered something that is not MCP.</summary>
    UpstreamProtocol,

    /// <summary>The upstream asks the client for something that the gateway doesn't relay.</summary>
    InputNotRelayed,

    TimedOut,
    Cancelled,
    Internal,
}
