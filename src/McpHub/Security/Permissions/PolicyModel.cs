using System.Runtime.CompilerServices;
using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Configuration.Comparison;
using McpHub.Pipeline;

namespace McpHub.Security.Permissions;

/// <summary>
/// The one policy: who may have which entry of the catalog. A pure function of the caller, the entry and the arguments, which listing,
/// completing, reading, subscribing and calling all ask. Immutable; thread-safe.
/// </summary>
/// <remarks>A rule that denies wins over all that allow. What no rule is about is as the default says.</remarks>
internal sealed class PolicyModel
{
    /// <summary>What decisions are called that no rule has made.</summary>
    public const string DefaultRule = "default";

    private readonly PolicyRule[] _rules;
    private readonly EntryAccess?[] _byRule;
    private readonly EntryAccess _byDefault;
    private readonly AccessDecision _default;
    private readonly string _text;
    private readonly CallerRules? _common;

    // An entry goes with its caller: who keeps callers, and how many, decides how much is kept here.
    private readonly ConditionalWeakTable<Caller, CallerRules> _callers = new();
    private readonly ConditionalWeakTable<Caller, CallerRules>.CreateValueCallback _match;

    private PolicyModel(PolicyConfig config)
    {
        _text = TextOf(config);
        _rules = [.. config.Rules.Select(rule => new PolicyRule(rule))];
        _match = Match;
        IsSameForAll = _rules.All(rule => rule.IsForAllCallers);
        _common = IsSameForAll ? Match(Caller.Anonymous) : null;
        var isOpen = config.Default is { } given ? given == PolicyEffect.Allow : _rules.All(rule => rule.Effect == PolicyEffect.Deny);
        _default = new AccessDecision(isOpen ? AccessOutcome.Allowed : AccessOutcome.Denied, DefaultRule);
        _byDefault = new EntryAccess(_default);
        _byRule = [.. _rules.Select(rule => rule.IsConditional ? null
            : new EntryAccess(new AccessDecision(rule.Effect == PolicyEffect.Allow ? AccessOutcome.Allowed : AccessOutcome.Denied, rule.Id)))];
    }

    /// <summary>Whether no rule asks who the caller is.</summary>
    public bool IsSameForAll { get; }

    /// <summary>The model of a configuration.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="previous">The model so far, which goes on if the configuration says the same.</param>
    /// <returns><see langword="null"/> if everybody may have everything.</returns>
    public static PolicyModel? Of(PolicyConfig config, PolicyModel? previous)
    {
        if (config.Rules.Count == 0 && config.Default != PolicyEffect.Deny)
        {
            return null;
        }

        return previous is not null && previous._text == TextOf(config) ? previous : new PolicyModel(config);
    }

    /// <summary>The rules that are about a caller.</summary>
    public CallerRules RulesOf(Caller caller) => _common ?? _callers.GetValue(caller, _match);

    /// <summary>What is decided of an entry for callers with these rules.</summary>
    public EntryAccess AccessTo(CatalogEntry entry, CallerRules caller)
    {
        var granting = -1;
        var isConditional = false;
        for (var i = 0; i < _rules.Length; i++)
        {
            var rule = _rules[i];
            if (!IsInPlay(rule, caller[i]) || !rule.IsAbout(entry))
            {
                continue;
            }

            if (rule.IsConditional || caller[i] == CallerMatch.LacksScopes)
            {
                isConditional = true;
            }
            else if (rule.Effect == PolicyEffect.Deny)
            {
                return _byRule[i]!;
            }
            else if (granting < 0)
            {
                granting = i;
            }
        }

        return isConditional ? WithConditions(entry, caller, granting) : granting >= 0 ? _byRule[granting]! : _byDefault;
    }

    private EntryAccess WithConditions(CatalogEntry entry, CallerRules caller, int granting)
    {
        List<PolicyRule> denying = [];
        List<PolicyRule> allowing = [];
        List<PolicyRule> steppingUp = [];
        for (var i = 0; i < _rules.Length; i++)
        {
            var rule = _rules[i];
            if (!IsInPlay(rule, caller[i]) || !rule.IsAbout(entry))
            {
                continue;
            }

            if (caller[i] == CallerMatch.LacksScopes)
            {
                steppingUp.Add(rule);
            }
            else if (rule.IsConditional)
            {
                (rule.Effect == PolicyEffect.Deny ? denying : allowing).Add(rule);
            }
        }

        var otherwise = granting >= 0 ? new AccessDecision(AccessOutcome.Allowed, _rules[granting].Id) : _default;
        return new EntryAccess([.. denying], [.. allowing], [.. steppingUp], otherwise);
    }

    private static bool IsInPlay(PolicyRule rule, CallerMatch match) =>
        match == CallerMatch.Yes || (match == CallerMatch.LacksScopes && rule.IsStepUp);

    private CallerRules Match(Caller caller)
    {
        var matches = new CallerMatch[_rules.Length];
        for (var i = 0; i < matches.Length; i++)
        {
            matches[i] = _rules[i].Match(caller);
        }

        return new CallerRules(matches);
    }

    private static string TextOf(PolicyConfig config) => $"{config.Default} {ValueText.Of(config.Rules)}";
}
