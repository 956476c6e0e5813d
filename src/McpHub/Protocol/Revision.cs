namespace McpHub.Protocol;

/// <summary>A revision of MCP, oldest first, so that <c>&lt;</c> means "older than".</summary>
internal enum Revision : byte
{
    /// <summary>2024-11-05: <c>initialize</c>; stdio and HTTP+SSE.</summary>
    V20241105 = 1,

    /// <summary>2025-03-26: Streamable HTTP, JSON-RPC batches.</summary>
    V20250326,

    /// <summary>2025-06-18: elicitation, structured content; no more batches.</summary>
    V20250618,

    /// <summary>2025-11-25: the last with a handshake.</summary>
    V20251125,

    /// <summary>2026-07-28: stateless, metadata in every request.</summary>
    V20260728,
}
