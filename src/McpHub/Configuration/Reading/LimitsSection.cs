using McpHub.Configuration.Rules;

namespace McpHub.Configuration.Reading;

/// <summary>The <c>gateway.limits</c> section.</summary>
internal static class LimitsSection
{
    private static readonly Dictionary<string, LimitScope> Scopes = new(StringComparer.Ordinal)
    {
        ["caller"] = LimitScope.Caller,
        ["tool"] = LimitScope.Tool,
        ["server"] = LimitScope.Server,
        ["global"] = LimitScope.Global,
    };

    private static readonly Dictionary<string, LimitKind> Kinds = new(StringComparer.Ordinal)
    {
        ["tokenBucket"] = LimitKind.TokenBucket,
        ["slidingWindow"] = LimitKind.SlidingWindow,
        ["concurrency"] = LimitKind.Concurrency,
    };

    public static LimitsConfig Read(SectionReader? section)
    {
        var defaults = new LimitsConfig();
        if (section is null)
        {
            return defaults;
        }

        var limits = defaults with
        {
            Partitions = section.Integer("partitions", 1, Limits.MaxPartitions) ?? defaults.Partitions,
            Rules = section.Sections("rules", ReadRule),
            Tiers = ReadTiers(section.Sections("tiers")),
        };
        section.Finish();
        return limits;
    }

    private static LimitRuleConfig? ReadRule(SectionReader section)
    {
        var per = Required(section, "per", Scopes);
        var kind = Required(section, "kind", Kinds);
        var permits = section.Integer("permits", 1, Limits.MaxPermits);
        if (section.Node["permits"] is null)
        {
            section.Error(new Problem("has no permits", "Add \"permits\", the number of requests that it lets through."));
        }

        var rule = new LimitRuleConfig
        {
            Name = section.Text("name", TextRules.Label),
            Per = per ?? default,
            Kind = kind ?? default,
            Permits = permits ?? 1,
            Burst = section.Integer("burst", 1, Limits.MaxPermits),
            Tools = section.Texts("tools", TextRules.NotEmpty) ?? [],
            Categories = section.Texts("categories", TextRules.NotEmpty) ?? [],
            Servers = section.Texts("servers", TextRules.NotEmpty) ?? [],
        };
        rule = rule with
        {
            Every = section.Duration("every") ?? rule.Every,
            Queue = section.Integer("queue", 0, Limits.MaxPermits) ?? rule.Queue,
            Wait = section.Duration("wait") ?? rule.Wait,
        };
        if (kind is { } known)
        {
            LimitRuleShape.Check(section, known);
        }

        section.Finish();
        return per is null || kind is null ? null : rule;
    }

    private static List<LimitTierConfig> ReadTiers(IEnumerable<SectionReader> sections)
    {
        var tiers = new List<LimitTierConfig>();
        foreach (var section in sections)
        {
            var tier = new LimitTierConfig
            {
                Name = section.Text("name", TextRules.Label) ?? "",
                Tools = section.Texts("tools", TextRules.NotEmpty) ?? [],
                Categories = section.Texts("categories", TextRules.NotEmpty) ?? [],
                Timeout = section.Duration("timeout"),
                Concurrency = section.Integer("concurrency", 1, Limits.MaxPermits),
                Queue = section.Integer("queue", 0, Limits.MaxPermits) ?? 0,
            };
            tier = tier with { Wait = section.Duration("wait") ?? tier.Wait };
            LimitTierRule.Check(section, tier, tiers);
            section.Finish();
            tiers.Add(tier);
        }

        return tiers;
    }

    private static T? Required<T>(SectionReader section, string key, Dictionary<string, T> choices)
        where T : struct
    {
        if (section.Node[key] is null)
        {
            section.Error(new Problem($"has no {key}", $"Add \"{key}\", one of: {string.Join(", ", choices.Keys)}."));
        }

        return section.Choice(key, choices);
    }
}
