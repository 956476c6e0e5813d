namespace McpHub.LoadTests.Servers.Mcp;

/// <summary>The methods that the small server knows.</summary>
internal enum McpMethod
{
    Unknown,
    Initialize,
    Ping,
    Discover,
    ListTools,
    CallTool,
}
