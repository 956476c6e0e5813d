namespace McpHub.ConformanceServer;

/// <summary>Which generations of the protocol the fixture server answers.</summary>
public enum ServerEra
{
    /// <summary>The <c>initialize</c> handshake and per-request metadata, side by side.</summary>
    Both,

    /// <summary>Only the <c>initialize</c> handshake, with revisions up to 2025-11-25.</summary>
    Legacy,

    /// <summary>Only per-request metadata, with revision 2026-07-28.</summary>
    Modern,
}
