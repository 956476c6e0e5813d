namespace McpHub.Auditing;

/// <summary>The audit is configured and can't be written: the gateway doesn't start without it. The message says what to do.</summary>
internal sealed class AuditStartException(string message, Exception? inner = null) : Exception(message, inner);
