using Microsoft.Extensions.Logging;

namespace McpHub.Protocol;

/// <summary>What a client, the log and the metrics are told of one kind of failure.</summary>
/// <param name="Code">The JSON-RPC code.</param>
/// <param name="HttpStatus">The status for a modern client; legacy clients get it only for faults of the transport.</param>
/// <param name="Level">How loud the log is: a client's mistakes at Debug, an upstream's trouble at Warning, our bugs at Error.</param>
/// <param name="ErrorType">The value of <c>error.type</c> in metrics and spans.</param>
internal readonly record struct FailureRow(int Code, int HttpStatus, LogLevel Level, string ErrorType);
