namespace McpHub.Protocol;

/// <summary>The levels of <c>notifications/message</c>, least severe first (RFC 5424).</summary>
internal enum McpLogLevel : byte
{
    Debug,
    Info,
    Notice,
    Warning,
    Error,
    Critical,
    Alert,
    Emergency,
}
