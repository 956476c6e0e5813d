using System.Text;
using McpHub.LoadTests.Servers.Mcp;

namespace McpHub.LoadTests.Load;

/// <summary>The bodies that the load is made of. Each carries <see cref="IdPlaceholder"/>, which is overwritten in place.</summary>
internal static class McpRequests
{
    /// <summary>The text that is echoed, and by which an answer is known to be the tool's.</summary>
    public const string Message = "The quick brown fox jumps over the lazy dog.";

    /// <summary>Nine digits, so that ids of nine digits take its place without moving a byte.</summary>
    public const string IdPlaceholder = "100000000";

    /// <summary>Stands in the text that is echoed where requests differ; the digits are overwritten in place.</summary>
    public const string KeyPlaceholder = "#00000";

    public const int FirstId = 100_000_001;

    private const string Client = """{"name":"McpHub.LoadTests","version":"1.0.0"}""";

    private const string ModernMeta =
        $$"""
        "_meta":{"io.modelcontextprotocol/protocolVersion":"{{McpVersions.Modern}}",
        "io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/clientInfo":{{Client}}}
        """;

    public static byte[] Initialize { get; } = Line(
        $$$"""
        {"jsonrpc":"2.0","id":{{{IdPlaceholder}}},"method":"initialize","params":{
        "protocolVersion":"{{{McpVersions.Legacy}}}","capabilities":{},"clientInfo":{{{Client}}}}}
        """);

    public static byte[] Initialized { get; } = """{"jsonrpc":"2.0","method":"notifications/initialized"}"""u8.ToArray();

    /// <summary>Asks to be told when the list of tools changes.</summary>
    public static byte[] Listen { get; } = Line(
        $$$"""
        {"jsonrpc":"2.0","id":{{{IdPlaceholder}}},"method":"subscriptions/listen","params":{
        "notifications":{"toolsListChanged":true},{{{ModernMeta}}}}}
        """);

    public static byte[] CallTool(string tool, McpEra era, string message = Message) => Line(
        $$$"""
        {"jsonrpc":"2.0","id":{{{IdPlaceholder}}},"method":"tools/call","params":{
        "name":"{{{tool}}}","arguments":{"message":"{{{message}}}"}{{{(era == McpEra.Modern ? "," + ModernMeta : "")}}}}}
        """);

    /// <summary>A modern call with any arguments, a JSON object.</summary>
    public static byte[] CallToolWith(string tool, string arguments) => Line(
        $$$"""
        {"jsonrpc":"2.0","id":{{{IdPlaceholder}}},"method":"tools/call","params":{
        "name":"{{{tool}}}","arguments":{{{arguments}}},{{{ModernMeta}}}}}
        """);

    public static byte[] ListTools(McpEra era)
    {
        var parameters = era == McpEra.Modern ? $",\"params\":{{{ModernMeta}}}" : "";
        return Line($$"""{"jsonrpc":"2.0","id":{{IdPlaceholder}},"method":"tools/list"{{parameters}}}""");
    }

    // A message is one line over stdio, and the same over HTTP.
    private static byte[] Line(string message) => Encoding.UTF8.GetBytes(message.ReplaceLineEndings(""));
}
