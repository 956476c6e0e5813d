using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.RegularExpressions;
using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Pipeline;
using McpHub.Security.Permissions;

namespace McpHub.Testing.Permissions;

/// <summary>The policy as its documentation has it, word for word and without any thought of speed: what the real one is compared with.</summary>
internal static class NaivePolicy
{
    /// <summary>Whether the thing is listed, found and completed.</summary>
    public static bool IsVisible(PolicyConfig policy, Caller caller, Offered thing) =>
        !Rules(policy, caller, thing, PolicyEffect.Deny).Any(r => r.Arguments.Count == 0)
        && (IsOpen(policy) || Rules(policy, caller, thing, PolicyEffect.Allow).Any() || StepUps(policy, caller, thing).Any());

    /// <summary>What a request for it comes to that has no arguments to look at.</summary>
    public static AccessOutcome Decide(PolicyConfig policy, Caller caller, Offered thing) =>
        !IsVisible(policy, caller, thing) ? AccessOutcome.Denied
        : IsOpen(policy) || Rules(policy, caller, thing, PolicyEffect.Allow).Any() ? AccessOutcome.Allowed
        : AccessOutcome.InsufficientScope;

    /// <summary>What a call of it comes to.</summary>
    public static AccessOutcome Decide(PolicyConfig policy, Caller caller, Offered thing, string arguments)
    {
        var json = JsonElement.Parse(arguments);
        return Rules(policy, caller, thing, PolicyEffect.Deny).Any(r => Holds(r, json)) ? AccessOutcome.Denied
            : Rules(policy, caller, thing, PolicyEffect.Allow).Any(r => Holds(r, json)) || IsOpen(policy) ? AccessOutcome.Allowed
            : StepUps(policy, caller, thing).Any(r => Holds(r, json)) ? AccessOutcome.InsufficientScope
            : AccessOutcome.Denied;
    }

    private static bool IsOpen(PolicyConfig policy) => (policy.Default ?? (policy.Rules.Any(r => r.Effect == PolicyEffect.Allow) ? PolicyEffect.Deny : PolicyEffect.Allow)) == PolicyEffect.Allow;

    private static IEnumerable<PolicyRuleConfig> Rules(PolicyConfig policy, Caller caller, Offered thing, PolicyEffect effect) =>
        policy.Rules.Where(r => r.Effect == effect && IsAbout(r, thing) && IsAbout(r.Callers, caller) && HasScopes(r.Callers, caller));

    private static IEnumerable<PolicyRuleConfig> StepUps(PolicyConfig policy, Caller caller, Offered thing) =>
        policy.Rules.Where(r => r.StepUp && IsAbout(r, thing) && IsAbout(r.Callers, caller) && !HasScopes(r.Callers, caller));

    private static bool IsAbout(PolicyCallers? callers, Caller caller) => callers is null
        || (One(callers.Subjects, [caller.Subject]) && One(callers.Issuers, [caller.Issuer]) && One(callers.Clients, [caller.Client])
            && One(callers.Roles, caller.Roles) && callers.Claims.All(c => One(c.Value, caller.Claims.GetValueOrDefault(c.Key) ?? [])));

    private static bool HasScopes(PolicyCallers? callers, Caller caller) => callers?.Scopes.All(s => caller.Scopes.Contains(s)) ?? true;

    private static bool IsAbout(PolicyRuleConfig rule, Offered thing)
    {
        var isResource = thing.Kind is ListMember.Resources or ListMember.ResourceTemplates;
        if ((isResource && rule.Arguments.Count > 0) || (thing.Kind != ListMember.Tools && rule.Annotations is not null))
        {
            return false;
        }

        if (rule.Tools.Count + rule.Prompts.Count + rule.Resources.Count > 0)
        {
            var patterns = isResource ? rule.Resources : thing.Kind == ListMember.Tools ? rule.Tools : rule.Prompts;
            var prefix = $"mcphub://{thing.Server}/";
            string?[] names = isResource ? [thing.Own, prefix + thing.Own, thing.Template, thing.Template is null ? null : prefix + thing.Template]
                : rule.Servers.Count > 0 ? [thing.Asked, thing.Own]
                : [thing.Asked];
            if (patterns.Count == 0 || !One(patterns, [.. names.OfType<string>()]))
            {
                return false;
            }
        }

        return One(rule.Servers, [thing.Server]) && One(rule.Categories, [thing.Category]) && One(rule.Tags, thing.Tags)
            && (rule.Annotations is not { } hints
                || ((hints.ReadOnlyHint ?? thing.Hints.ReadOnlyHint) == thing.Hints.ReadOnlyHint && (hints.DestructiveHint ?? thing.Hints.DestructiveHint) == thing.Hints.DestructiveHint
                    && (hints.IdempotentHint ?? thing.Hints.IdempotentHint) == thing.Hints.IdempotentHint && (hints.OpenWorldHint ?? thing.Hints.OpenWorldHint) == thing.Hints.OpenWorldHint));
    }

    private static bool One(IReadOnlyList<string> patterns, IReadOnlyList<string> values) =>
        patterns.Count == 0 || values.Any(v => v.Length > 0 && patterns.Any(p => Regex.IsMatch(v, "^" + Regex.Escape(p).Replace("\\*", ".*").Replace("\\?", ".") + "$")));

    private static bool Holds(PolicyRuleConfig rule, JsonElement arguments) => rule.Arguments.All(condition =>
    {
        var values = Find(arguments, condition.At[1..].Split('/')).ToList();
        return rule.Effect == PolicyEffect.Allow ? values.Count > 0 && values.All(v => Passes(condition, v)) : values.Any(v => Passes(condition, v));
    });

    private static IEnumerable<JsonElement> Find(JsonElement json, string[] path) => path.Length == 0 ? [json]
        : json.ValueKind == JsonValueKind.Object ? json.EnumerateObject().Where(m => m.Name == path[0]).SelectMany(m => Find(m.Value, path[1..]))
        : json.ValueKind == JsonValueKind.Array && int.TryParse(path[0], out var index) && index < json.GetArrayLength() ? Find(json[index], path[1..])
        : [];

    private static bool Passes(PolicyCondition condition, JsonElement value)
    {
        if (condition.OneOf.Count > 0)
        {
            return condition.OneOf.Any(o => Same(JsonElement.Parse(o), value));
        }

        return condition.Matches is { } expression
            ? value.ValueKind == JsonValueKind.String && Regex.Match(value.GetString()!, expression, RegexOptions.Singleline) is { Success: true } match && match.Length == value.GetString()!.Length
            : value.ValueKind == JsonValueKind.Number
                && (condition.Min is null || Scaled(value.GetRawText()) >= Scaled(condition.Min)) && (condition.Max is null || Scaled(value.GetRawText()) <= Scaled(condition.Max));
    }

    private static bool Same(JsonElement a, JsonElement b) => a.ValueKind == b.ValueKind && a.ValueKind switch
    {
        JsonValueKind.Number => Scaled(a.GetRawText()) == Scaled(b.GetRawText()),
        JsonValueKind.String => a.GetString() == b.GetString(),
        _ => true,
    };

    /// <summary>A number times 10 to the 100th, exact as long as its exponent is small.</summary>
    public static BigInteger Scaled(string json)
    {
        var parts = json.Split('e', 'E');
        var digits = parts[0].Split('.');
        var exponent = 100 + (parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0) - (digits.Length > 1 ? digits[1].Length : 0);
        return BigInteger.Parse(string.Concat(digits), CultureInfo.InvariantCulture) * BigInteger.Pow(10, exponent);
    }
}
