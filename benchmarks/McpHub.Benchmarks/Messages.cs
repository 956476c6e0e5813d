using System.Text;

namespace McpHub.Benchmarks;

/// <summary>Messages as clients send them.</summary>
internal static class Messages
{
    public static byte[] LegacyCall { get; } =
        """{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"hub_echo","arguments":{"message":"hello world"}}}"""u8.ToArray();

    public static byte[] ModernCall { get; } =
        """{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"hub_echo","arguments":{"message":"hello world"},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/clientInfo":{"name":"bench","version":"1"}}}}"""u8.ToArray();

    /// <summary><see cref="ModernCall"/> of another tool.</summary>
    public static byte[] ModernCallOf(string tool) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(ModernCall).Replace("\"hub_echo\"", $"\"{tool}\"", StringComparison.Ordinal));

    public static byte[] ModernList { get; } =
        """{"jsonrpc":"2.0","id":7,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}"""u8.ToArray();

    /// <summary>A result of about 10 KB, as a server sends it.</summary>
    public static byte[] LargeResult { get; } = Encoding.UTF8.GetBytes(
        "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"" + new string('x', 10_000) + "\"}]}}");
}
