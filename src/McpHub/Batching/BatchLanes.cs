using System.Runtime.CompilerServices;
using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.RateLimiting;
using McpHub.Upstreams;

namespace McpHub.Batching;

/// <summary>The lanes of servers and tiers. What was measured outlives a reload that doesn't change the bounds. Thread-safe.</summary>
internal sealed class BatchLanes(BatchConfig config)
{
    // Where the algorithm begins that the limit follows (Netflix's concurrency-limits), and so low that a server which does one thing
    // at a time has a short line.
    private const int InitialLimit = 20;
    private const int LeastLimit = 2;

    private readonly ConditionalWeakTable<object, Lane> _lanes = [];

    /// <summary>The lanes of servers.</summary>
    public IEnumerable<Lane> Servers => _lanes.Where(l => l.Key is not LimitRule).Select(l => l.Value);

    /// <summary>The lane of a server, or of the tools in this process: what those take is not known by their latency.</summary>
    public Lane Of(ICatalogSource source) => _lanes.GetValue(source.Origin, _ => config.Adaptive && source is Upstream
        ? Lane.Adaptive(source.Name, new GradientLimit(InitialLimit, Math.Min(LeastLimit, config.PerServer), config.PerServer))
        : Lane.Fixed(source.Name, config.PerServer));

    /// <summary>The lane of a tier.</summary>
    public Lane Of(LimitRule tier) => _lanes.GetValue(tier, _ => Lane.Fixed(tier.Name, tier.Permits));
}
