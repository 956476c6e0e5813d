using Microsoft.Extensions.Logging;

namespace McpHub.Protocol;

/// <summary>The one table from a <see cref="FailureKind"/> to its JSON-RPC code, HTTP status, log level and <c>error.type</c>.</summary>
/// <remarks>
/// MCP's own code where the specification has one. The gateway's own lie outside -32768…-32000, so that no reader mistakes one for
/// a code of JSON-RPC or of MCP (2026-07-28, "Error codes").
/// </remarks>
internal static class Failures
{
    public static FailureRow Of(FailureKind kind) => kind switch
    {
        FailureKind.ParseError => new(-32700, 400, LogLevel.Debug, "-32700"),
        FailureKind.InvalidRequest => new(-32600, 400, LogLevel.Debug, "-32600"),
        FailureKind.MethodNotFound => new(-32601, 404, LogLevel.Debug, "-32601"),
        FailureKind.InvalidParams => new(-32602, 200, LogLevel.Debug, "-32602"),
        FailureKind.MissingMetadata => new(-32602, 400, LogLevel.Debug, "-32602"),
        FailureKind.ResourceNotFound => new(-32602, 200, LogLevel.Debug, "-32602"),
        FailureKind.HeaderMismatch => new(-32020, 400, LogLevel.Debug, "-32020"),
        FailureKind.MissingClientCapability => new(-32021, 400, LogLevel.Debug, "-32021"),
        FailureKind.UnsupportedProtocolVersion => new(-32022, 400, LogLevel.Debug, "-32022"),
        FailureKind.SessionRequired => new(-32600, 400, LogLevel.Debug, "session_required"),

        // The code that the SDKs have always used for it; clients match on it.
        FailureKind.SessionNotFound => new(-32001, 404, LogLevel.Debug, "session_not_found"),
        FailureKind.TooManySessions => new(-31001, 503, LogLevel.Warning, "too_many_sessions"),
        FailureKind.OriginDenied => new(-31002, 403, LogLevel.Warning, "origin_denied"),
        FailureKind.Unauthenticated => new(-31020, 401, LogLevel.Debug, "unauthenticated"),
        FailureKind.InsufficientScope => new(-31021, 403, LogLevel.Debug, "insufficient_scope"),
        FailureKind.IssuerUnavailable => new(-31022, 503, LogLevel.Warning, "issuer_unavailable"),
        FailureKind.PayloadTooLarge => new(-31003, 413, LogLevel.Debug, "payload_too_large"),
        FailureKind.Overloaded => new(-31004, 503, LogLevel.Warning, "overloaded"),
        FailureKind.UpstreamUnavailable => new(-31010, 200, LogLevel.Warning, "upstream_unavailable"),
        FailureKind.UpstreamLost => new(-31011, 200, LogLevel.Warning, "upstream_lost"),
        FailureKind.UpstreamProtocol => new(-31012, 200, LogLevel.Warning, "upstream_protocol"),
        FailureKind.InputNotRelayed => new(-31013, 200, LogLevel.Warning, "input_not_relayed"),
        FailureKind.TimedOut => new(-31014, 200, LogLevel.Warning, "timeout"),
        FailureKind.Cancelled => new(-31015, 200, LogLevel.Debug, "cancelled"),
        FailureKind.RateLimited => new(-31005, 429, LogLevel.Debug, "rate_limited"),
        FailureKind.AuditUnavailable => new(-31006, 503, LogLevel.Error, "audit_unavailable"),
        FailureKind.Internal => new(-32603, 200, LogLevel.Error, "-32603"),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "A failure without a row in the table."),
    };
}
