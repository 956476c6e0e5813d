using McpHub.Catalog;
using McpHub.Protocol;

namespace McpHub.Bridging;

/// <summary>The members that every result of 2026-07-28 has, or cacheable ones have.</summary>
internal static class ModernResult
{
    public static void WriteHints(ref ObjectCopy copy, CacheHints hints)
    {
        copy.Begin("ttlMs"u8);
        copy.Buffer.Write(hints.TtlMs);
        copy.Member("cacheScope"u8, hints.IsPrivate ? "\"private\""u8 : "\"public\""u8);
    }

    /// <summary>Writes a <c>_meta</c> that holds nothing but the server's own description.</summary>
    public static void WriteServerInfo(ref ObjectCopy copy, ReadOnlySpan<byte> serverInfo)
    {
        copy.Begin("_meta"u8);
        var meta = new ObjectCopy(copy.Buffer);
        meta.Member(MetaKeys.ServerInfo, serverInfo);
        meta.End();
    }
}
