using System.Runtime.CompilerServices;
using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Protocol;

namespace McpHub.Caching;

/// <summary>The configuration of the cache as requests need it. Immutable, but for what it remembers of entries and metadata.</summary>
internal sealed class CacheModel
{
    private readonly ConditionalWeakTable<CatalogEntry, CachePlan> _plans = [];
    private readonly (string Pattern, CacheRule? Rule)[] _rules;
    private readonly (string Pattern, TagTemplate[] Tags)[] _invalidates;
    private readonly CacheRule? _resources;

    public CacheModel(HubConfig config, int version)
    {
        Config = config;
        Version = version;
        var cache = config.Gateway.Cache;
        _rules = [.. cache.Tools.Select(tool => (tool.Key, CacheRule.Of(tool.Value, cache)))];
        _invalidates = [.. cache.Invalidates.Select(tool => (tool.Key, tool.Value.Select(tag => new TagTemplate(tag)).ToArray()))];
        _resources = cache.Resources ? CacheRule.OfResources(cache) : null;
        Metadata = new RequestMetadata(cache);
    }

    public HubConfig Config { get; }

    /// <summary>Part of every key: what was kept under another configuration is never found.</summary>
    public int Version { get; }

    /// <summary>Reads what requests say beside their arguments.</summary>
    public RequestMetadata Metadata { get; }

    /// <summary>The plan of an entry, if it was asked for before.</summary>
    public bool TryGetPlan(CatalogEntry entry, out CachePlan plan) => _plans.TryGetValue(entry, out plan!);

    /// <summary>Remembers the plan of an entry, as long as there is the entry.</summary>
    public void Keep(CatalogEntry entry, CachePlan plan) => _plans.AddOrUpdate(entry, plan);

    /// <summary>How results are kept.</summary>
    /// <param name="entry">A tool or a resource.</param>
    /// <param name="isResource">Which of the two.</param>
    /// <param name="names">The names of a tool that patterns are compared with.</param>
    /// <param name="traits">What its source says of it.</param>
    /// <returns><see langword="null"/> if they are not.</returns>
    public CacheRule? RuleOf(CatalogEntry entry, bool isResource, IReadOnlyList<string> names, CachingTraits traits)
    {
        if (traits.IsNever)
        {
            return null;
        }

        if (isResource)
        {
            // Only modern servers say how long a resource is good.
            return entry.Revision.IsModern() ? _resources : null;
        }

        foreach (var (pattern, rule) in _rules)
        {
            if (names.Any(name => NamePattern.MatchesAny([pattern], name)))
            {
                return rule is null || (rule.RequireReadOnlyHint && !ToolHints.IsReadOnly(entry.Definition)) ? null : rule;
            }
        }

        return traits.Result is { } own ? CacheRule.Of(own, Config.Gateway.Cache) : null;
    }

    /// <summary>The tags that each call of a tool invalidates.</summary>
    public IReadOnlyList<TagTemplate> InvalidatedBy(IReadOnlyList<string> names, CachingTraits traits) =>
    [
        .. _invalidates.Where(i => names.Any(name => NamePattern.MatchesAny([i.Pattern], name))).SelectMany(i => i.Tags),
        .. traits.Invalidates.Select(tag => new TagTemplate(tag)),
    ];
}
