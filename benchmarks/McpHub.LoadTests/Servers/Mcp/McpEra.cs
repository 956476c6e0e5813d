namespace McpHub.LoadTests.Servers.Mcp;

/// <summary>Which kind of MCP a peer speaks.</summary>
[Flags]
internal enum McpEra
{
    /// <summary>With <c>initialize</c>, up to 2025-11-25.</summary>
    Legacy = 1,

    /// <summary>Stateless, 2026-07-28.</summary>
    Modern = 2,

    /// <summary>Either, as the client chooses.</summary>
    Both = Legacy | Modern,
}
