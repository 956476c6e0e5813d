namespace McpHub.LoadTests.Servers.Mcp;

/// <summary>The protocol revisions that the small server and the load generator speak.</summary>
internal static class McpVersions
{
    public const string Modern = "2026-07-28";

    public const string Legacy = "2025-11-25";

    // Revisions before it allow JSON-RPC batches, which the small server does not take; it answers them with Legacy.
    public const string OldestLegacy = "2025-06-18";
}
