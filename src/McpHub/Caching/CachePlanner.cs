using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using McpHub.Catalog;
using McpHub.Protocol;

namespace McpHub.Caching;

/// <summary>Makes the plans of entries. Thread-safe.</summary>
internal sealed class CachePlanner
{
    /// <summary>What resources are counted under, all together.</summary>
    public static readonly string ResourcesName = McpMethod.ReadResource.Text();

    private readonly ConcurrentDictionary<string, CacheCounters> _counters = new(StringComparer.Ordinal);
    private readonly ConditionalWeakTable<object, StrongBox<int>> _origins = [];
    private int _lastOrigin;

    /// <summary>What the cache has done, by tool.</summary>
    public IEnumerable<CacheCounters> Counters => _counters.Values;

    public CachePlan PlanOf(CacheModel model, CatalogEntry entry, bool isResource)
    {
        if (model.TryGetPlan(entry, out var known))
        {
            return known;
        }

        var plan = Make(model, entry, isResource);
        model.Keep(entry, plan);
        return plan;
    }

    private CachePlan Make(CacheModel model, CatalogEntry entry, bool isResource)
    {
        var source = entry.Source;
        var server = ServerPath.From(source.Name);

        // A tool is the same by whichever endpoint it is called, so its policy is.
        var name = isResource ? entry.SourceName : entry.CommonName;
        var traits = isResource ? CachingTraits.None : source.CachingOf(entry);
        IReadOnlyList<string> names = [name, $"{source.Name}/{entry.SourceName}"];
        IReadOnlyList<TagTemplate> invalidates = isResource ? [] : model.InvalidatedBy(names, traits);
        var config = model.Config;
        return new CachePlan
        {
            Target = entry.Uris.IsIdentity ? entry : entry with { Uris = UriMap.Identity },
            IsResource = isResource,

            // What changes something is never answered without doing it. Nor is a tool that calls others: the call that is sent for all
            // has none of what such a tool needs, which is its caller, the way to ask that caller, and how deep in other tools it runs.
            // What it calls is kept by itself.
            Rule = invalidates.Count > 0 || entry.IsNesting ? null : model.RuleOf(entry, isResource, names, traits),
            Invalidates = invalidates,
            KeyPrefix = PrefixOf(model, entry, isResource),
            Name = name,
            Topics = isResource ? Topics.OfResource(server, entry.SourceName) : [Topics.ToolsOf(server)],
            Origin = source.Origin,
            Timeout = entry.Timeout ?? config.Upstreams.FirstOrDefault(u => u.Name == source.Name)?.Timeout ?? config.Gateway.Timeouts.Call,

            // URIs are without number: their sum is all that anybody can look at.
            Counters = _counters.GetOrAdd(isResource ? ResourcesName : name, static n => new CacheCounters(n)),
        };
    }

    private byte[] PrefixOf(CacheModel model, CatalogEntry entry, bool isResource)
    {
        var origin = _origins.GetValue(entry.Source.Origin, _ => new StrongBox<int>(Interlocked.Increment(ref _lastOrigin)));
        var key = KeyBuffer.OfThread;
        key.Write(model.Version);
        key.Write(origin.Value);
        key.Write((byte)(isResource ? 'R' : 'T'));
        key.Write((byte)entry.Revision);
        key.WriteSized(entry.SourceName);
        return key.Span.ToArray();
    }
}
