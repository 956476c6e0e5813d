namespace McpHub.Testing;

/// <summary>JSON-RPC messages as text.</summary>
internal static class Rpc
{
    /// <param name="id">The id as JSON.</param>
    public static string Request(string id, string method, string parameters = "{}") =>
        "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":" + parameters + "}";

    public static string Notification(string method, string parameters = "{}") =>
        "{\"jsonrpc\":\"2.0\",\"method\":\"" + method + "\",\"params\":" + parameters + "}";

    public static string Result(string id, string result) => "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":" + result + "}";

    public static string Initialize(string id, string revision, string capabilities = "{}") => Request(
        id,
        "initialize",
        "{\"protocolVersion\":\"" + revision + "\",\"capabilities\":" + capabilities + ",\"clientInfo\":{\"name\":\"test\",\"version\":\"1\"}}");

    /// <summary>The params of a call.</summary>
    public static string Call(string tool, string arguments = "{}", string meta = "") =>
        "{\"name\":\"" + tool + "\",\"arguments\":" + arguments + (meta.Length > 0 ? ",\"_meta\":{" + meta + "}" : "") + "}";
}
