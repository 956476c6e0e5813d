namespace McpHub.FunctionalTests.Chaos;

/// <summary>The ways in which an HTTP upstream is spoken to.</summary>
public enum UpstreamKind
{
    /// <summary>2026-07-28 over Streamable HTTP.</summary>
    Modern,

    /// <summary>2025-11-25 over Streamable HTTP, with a session.</summary>
    Legacy,

    /// <summary>2024-11-05 over HTTP+SSE.</summary>
    Sse,
}
