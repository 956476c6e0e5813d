namespace McpHub.LoadTests.Servers.Mcp;

/// <summary>What kind of JSON-RPC message some bytes are.</summary>
internal enum McpMessageShape
{
    NotJson,
    Invalid,
    Request,
    Notification,
    Response,
}
