using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.RateLimiting;

/// <summary>The limits of one configuration, and which of them a request has to pass.</summary>
internal sealed class LimitModel
{
    private readonly LimitsConfig _config;
    private readonly LimitRule[] _rules;
    private readonly (LimitTierConfig Config, LimitRule? Rule)[] _tiers;
    private readonly LimitPlan _rest;

    // An entry lives as long as its snapshot; its plan goes with it.
    private readonly ConditionalWeakTable<CatalogEntry, LimitPlan> _ofTools = [];
    private readonly ConcurrentDictionary<string, LimitPlan> _ofSources = new(StringComparer.Ordinal);

    /// <param name="config">The configuration.</param>
    /// <param name="before">The limits before it: what has not changed goes on counting.</param>
    public LimitModel(LimitsConfig config, LimitModel? before)
    {
        _config = config;
        var old = before?.Rules.ToList() ?? [];
        _rules = [.. config.Rules.Select(rule => Keep(new LimitRule(rule, config.Partitions), old))];
        _tiers = [.. config.Tiers.Select(tier => (tier, tier.Concurrency is null ? null : Keep(RuleOf(tier), old)))];
        _rest = new LimitPlan(InOrder(_rules.Where(rule => rule.CountsRest).Select(rule => new LimitStep(rule, rule.Per == LimitScope.Caller ? null : ""))), null);
    }

    public IEnumerable<LimitRule> Rules => _rules.Concat(_tiers.Select(tier => tier.Rule).OfType<LimitRule>());

    /// <summary>The limits of a request.</summary>
    public LimitPlan PlanOf(McpContext context)
    {
        if (context.Entry is not { } entry)
        {
            return _rest;
        }

        return context.Envelope.Method == McpMethod.CallTool
            ? _ofTools.TryGetValue(entry, out var plan) ? plan : _ofTools.GetValue(entry, OfTool)
            : _ofSources.TryGetValue(entry.Source.Key, out plan) ? plan : _ofSources.GetOrAdd(entry.Source.Key, OfSource(entry.Source));
    }

    private static LimitRule Keep(LimitRule rule, List<LimitRule> old)
    {
        var at = old.FindIndex(r => r.Definition == rule.Definition);
        if (at < 0)
        {
            return rule;
        }

        // Once only: two rules that say the same count apart.
        var kept = old[at];
        old.RemoveAt(at);
        return kept;
    }

    private static LimitRule RuleOf(LimitTierConfig tier) => new(
        new LimitRuleConfig
        {
            Name = tier.Name,
            Per = LimitScope.Tool,
            Kind = LimitKind.Concurrency,
            Permits = tier.Concurrency!.Value,
            Queue = tier.Queue,
            Wait = tier.Wait,
            Tools = tier.Tools,
            Categories = tier.Categories,
        },
        bound: 1);

    private static LimitStep[] InOrder(IEnumerable<LimitStep> steps) => [.. steps.OrderBy(step => step.Rule.Order)];

    private LimitPlan OfTool(CatalogEntry tool)
    {
        var name = tool.CommonName;
        var (tier, room) = TierOf(name, tool);
        var steps = _rules.Where(rule => rule.CountsCallsOf(name, tool)).Select(rule => new LimitStep(rule, KeyOf(rule, tool.Source, tool.SourceName)));
        if (tool.IsNesting)
        {
            // Its calls need the places: if it held one too, enough of it at once would wait for itself for ever.
            return new LimitPlan(InOrder(steps.Where(step => step.Rule.Kind != LimitKind.Concurrency)), tier?.Timeout);
        }

        return new LimitPlan(InOrder(room is null ? steps : steps.Append(new LimitStep(room, ""))), tier?.Timeout);
    }

    private LimitPlan OfSource(ICatalogSource source) =>
        new(InOrder(_rules.Where(rule => rule.CountsOthersOf(source)).Select(rule => new LimitStep(rule, KeyOf(rule, source, "")))), null);

    private static string? KeyOf(LimitRule rule, ICatalogSource source, string tool) => rule.Per switch
    {
        LimitScope.Caller => null,
        LimitScope.Tool => $"{source.Key}\n{tool}",
        LimitScope.Server => source.Key,
        _ => "",
    };

    private (LimitTierConfig? Tier, LimitRule? Rule) TierOf(string name, CatalogEntry tool)
    {
        (LimitTierConfig?, LimitRule?) rest = default;
        foreach (var (tier, rule) in _tiers)
        {
            if (tier.Tools.Count == 0 && tier.Categories.Count == 0)
            {
                rest = (tier, rule);
            }
            else if (NamePattern.MatchesAny(tier.Tools, name) || NamePattern.MatchesAny(tier.Categories, tool.Category))
            {
                return (tier, rule);
            }
        }

        return rest;
    }
}
