using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpHub.ConformanceServer;

/// <summary>The protocol revisions, and how to tell which one a request is on.</summary>
internal static class Revisions
{
    public const string Modern = "2026-07-28";

    public const string ProtocolVersionKey = "io.modelcontextprotocol/protocolVersion";
    public const string ClientCapabilitiesKey = "io.modelcontextprotocol/clientCapabilities";
    public const string SubscriptionIdKey = "io.modelcontextprotocol/subscriptionId";

    /// <summary>The revisions that start with the <c>initialize</c> handshake.</summary>
    public static readonly string[] Legacy = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];

    /// <summary>Revisions are dates, so the ordinal order is their order in time.</summary>
    public static bool IsModern(string? revision) => string.CompareOrdinal(revision, Modern) >= 0;

    public static bool IsModern<T>(RequestContext<T> request) =>
        IsModern(request.JsonRpcRequest.Context?.ProtocolVersion ?? request.Server.NegotiatedProtocolVersion);

    /// <summary>Marks a list or a resource as cacheable, which only the modern revision has fields for.</summary>
    public static T WithCacheHint<T, TParams>(this T result, RequestContext<TParams> request)
        where T : Result, ICacheableResult
    {
        if (IsModern(request))
        {
            result.TimeToLive = TimeSpan.FromMinutes(5);
            result.CacheScope = CacheScope.Public;
        }

        return result;
    }
}
