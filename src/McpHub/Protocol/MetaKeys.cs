namespace McpHub.Protocol;

/// <summary>The reserved keys of <c>_meta</c> (2026-07-28, "General fields"), and the gateway's own.</summary>
internal static class MetaKeys
{
    public const string ProtocolVersionText = "io.modelcontextprotocol/protocolVersion";
    public const string ClientCapabilitiesText = "io.modelcontextprotocol/clientCapabilities";
    public const string LogLevelText = "io.modelcontextprotocol/logLevel";

    public static ReadOnlySpan<byte> ProtocolVersion => "io.modelcontextprotocol/protocolVersion"u8;

    public static ReadOnlySpan<byte> ClientCapabilities => "io.modelcontextprotocol/clientCapabilities"u8;

    public static ReadOnlySpan<byte> ClientInfo => "io.modelcontextprotocol/clientInfo"u8;

    public static ReadOnlySpan<byte> LogLevel => "io.modelcontextprotocol/logLevel"u8;

    public static ReadOnlySpan<byte> SubscriptionId => "io.modelcontextprotocol/subscriptionId"u8;

    /// <summary>A key of the gateway's own: how urgent a call is, a whole number.</summary>
    public static ReadOnlySpan<byte> Priority => "io.mcphub/priority"u8;

    public static ReadOnlySpan<byte> ServerInfo => "io.modelcontextprotocol/serverInfo"u8;
}
