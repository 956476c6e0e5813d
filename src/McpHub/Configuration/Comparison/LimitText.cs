using System.Globalization;
using McpHub.Configuration.Reading;

namespace McpHub.Configuration.Comparison;

/// <summary>Limits as text that is equal exactly when they count the same.</summary>
internal static class LimitText
{
    public static string Of(IReadOnlyList<LimitRuleConfig> rules) => $"[{string.Join(", ", rules.Select(Of))}]";

    public static string Of(IReadOnlyList<LimitTierConfig> tiers) => $"[{string.Join(", ", tiers.Select(Of))}]";

    public static string Of(LimitRuleConfig rule) => "{" + string.Join(
        ", ",
        ValueText.Of(rule.Name),
        ValueText.Of(rule.Per),
        ValueText.Of(rule.Kind),
        Number(rule.Permits),
        DurationParser.Format(rule.Every),
        Number(rule.Burst),
        Number(rule.Queue),
        DurationParser.Format(rule.Wait),
        ValueText.Of(rule.Tools),
        ValueText.Of(rule.Categories),
        ValueText.Of(rule.Servers)) + "}";

    public static string Of(LimitTierConfig tier) => "{" + string.Join(
        ", ",
        ValueText.Of(tier.Name),
        ValueText.Of(tier.Tools),
        ValueText.Of(tier.Categories),
        tier.Timeout is { } timeout ? DurationParser.Format(timeout) : "none",
        Number(tier.Concurrency),
        Number(tier.Queue),
        DurationParser.Format(tier.Wait)) + "}";

    private static string Number(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "none";
}
