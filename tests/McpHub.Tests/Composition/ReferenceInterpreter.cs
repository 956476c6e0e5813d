using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace McpHub.Tests.Composition;

/// <summary>
/// What a definition means, in the simplest words: it reads the JSON each time it needs it, runs one step after the other, and knows
/// nothing of plans, bytes or tasks.
/// </summary>
internal sealed partial class ReferenceInterpreter(JsonObject definition, JsonNode input)
{
    private readonly Dictionary<string, ReferenceStep> _steps = [];

    private JsonArray List => definition["steps"]!.AsArray();

    public ReferenceStep Step(string id)
    {
        if (!_steps.TryGetValue(id, out var known))
        {
            known = _steps[id] = Run(List.Single(s => (string)s!["id"]! == id)!.AsObject());
        }

        return known;
    }

    /// <summary>The output; <see langword="false"/> for none, which a missing reference or a missing last step makes.</summary>
    public bool TryOutput(out JsonNode? output)
    {
        if (definition.TryGetPropertyValue("output", out var mapping))
        {
            return TryValue(mapping, default, out output);
        }

        var last = Step((string)List[^1]!["id"]!);
        output = last.Output;
        return last.HasOutput;
    }

    private ReferenceStep Run(JsonObject step)
    {
        foreach (var dependency in DependenciesOf(step))
        {
            if (Step(dependency) is { Fails: true } or { Outcome: "Cancelled" })
            {
                return new ReferenceStep("Cancelled");
            }
        }

        if ((step["when"] is { } when && !Holds(when)) || NeededBy(step).Any(n => !Step(n).HasOutput))
        {
            return new ReferenceStep("Skipped");
        }

        if (step["forEach"] is not { } forEach)
        {
            return Call(step, default);
        }

        var at = (string)(forEach as JsonObject is { } o ? o["items"]! : forEach)!;
        if (!TryFind(at, default, out var found) || found is not JsonArray items)
        {
            return Failure(step, "BadValue", $"there is no array at {at}.", 0);
        }

        var outputs = new JsonArray();
        var attempts = 0;
        foreach (var (index, item) in items.Index())
        {
            var one = Call(step, new Scope(item, index, true));
            attempts += one.Attempts;
            if (one.Fails)
            {
                return one with { Message = "", Attempts = -1 };
            }

            outputs.Add(one.HasOutput ? one.Output?.DeepClone() : null);
        }

        return new ReferenceStep("Succeeded", outputs, true, Attempts: attempts);
    }

    /// <summary>A step or one of its items: attempts, then fallbacks.</summary>
    private ReferenceStep Call(JsonObject step, Scope scope)
    {
        var attempts = 0;
        for (var call = step; ; call = (JsonObject)call["onError"]!)
        {
            var (kind, message) = ("", "");
            JsonNode? arguments = null;
            try
            {
                if (!TryValue(call["arguments"] ?? new JsonObject(), scope, out arguments))
                {
                    arguments = new JsonObject();
                }

                (kind, message) = arguments is JsonObject ? ("", "") : ("BadValue", "its arguments are no object.");
            }
            catch (KeyNotFoundException e)
            {
                (kind, message) = ("BadValue", e.Message);
            }

            if (kind.Length == 0)
            {
                var most = (int?)call["retry"]?["attempts"] ?? 1;
                var on = call["retry"]?["on"]?.AsArray().Select(w => (string)w!).ToArray() ?? ["rateLimited", "unavailable"];
                for (var attempt = 1; ; attempt++)
                {
                    attempts++;
                    kind = FuzzTools.FailureOf((string)call["tool"]!, attempt, arguments!);
                    if (kind.Length == 0)
                    {
                        return new ReferenceStep("Succeeded", FuzzTools.OutputOf((string)call["tool"]!, arguments!), true, Attempts: attempts);
                    }

                    message = FuzzTools.Message;
                    if (attempt >= most || !(on.Contains("any") || on.Contains(char.ToLowerInvariant(kind[0]) + kind[1..])))
                    {
                        break;
                    }
                }
            }

            if (call["onError"] is not JsonObject)
            {
                return Failure(call, kind, message, attempts);
            }

            scope = scope with { Error = new JsonObject { ["kind"] = char.ToLowerInvariant(kind[0]) + kind[1..], ["message"] = message } };
        }
    }

    private static ReferenceStep Failure(JsonObject step, string kind, string message, int attempts)
    {
        var last = step;
        while (last["onError"] is JsonObject fallback)
        {
            last = fallback;
        }

        return new ReferenceStep("Failed", null, false, kind, message, attempts, (string?)last["onError"] != "continue");
    }

    private bool Holds(JsonNode condition)
    {
        if (condition["not"] is { } not)
        {
            return !Holds(not);
        }

        if (condition["all"] is JsonArray all)
        {
            return all.All(c => Holds(c!));
        }

        if (condition["any"] is JsonArray any)
        {
            return any.Any(c => Holds(c!));
        }

        var exists = TryFind((string)condition["at"]!, default, out var value);
        if (condition["exists"] is { } wanted)
        {
            return exists == (bool)wanted;
        }

        var members = condition.AsObject();
        if (members.ContainsKey("equals"))
        {
            return exists && TryOperand(members["equals"], out var other) && JsonNode.DeepEquals(value, other);
        }

        if (members.ContainsKey("in"))
        {
            return exists && TryOperand(members["in"], out var list) && list is JsonArray items && items.Any(i => JsonNode.DeepEquals(value, i));
        }

        return exists && members["compare"]!.AsObject().All(c => TryOperand(c.Value, out var other) && Compare(value, other) is { } order && c.Key switch
        {
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        });
    }

    private bool TryOperand(JsonNode? template, out JsonNode? value)
    {
        try
        {
            return TryValue(template, default, out value);
        }
        catch (KeyNotFoundException)
        {
            value = null;
            return false;
        }
    }

    private static int? Compare(JsonNode? a, JsonNode? b) => (a?.GetValueKind(), b?.GetValueKind()) switch
    {
        (JsonValueKind.Number, JsonValueKind.Number) => decimal.Parse(a!.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture)
            .CompareTo(decimal.Parse(b!.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture)),
        (JsonValueKind.String, JsonValueKind.String) => string.CompareOrdinal((string)a!, (string)b!),
        _ => null,
    };

    private bool TryValue(JsonNode? template, Scope scope, out JsonNode? value)
    {
        value = template?.DeepClone();
        switch (template)
        {
            case JsonObject members:
                var made = new JsonObject();
                foreach (var (name, inner) in members)
                {
                    if (TryValue(inner, scope, out var member))
                    {
                        made[name] = member;
                    }
                }

                value = made;
                return true;
            case JsonArray items:
                value = new JsonArray([.. items.Select(i => TryValue(i, scope, out var item) ? item : null)]);
                return true;
            case JsonValue text when text.GetValueKind() == JsonValueKind.String:
                return TryText((string)text!, scope, out value);
            default:
                return true;
        }
    }

    private bool TryText(string text, Scope scope, out JsonNode? value)
    {
        var made = "";
        for (var at = 0; at < text.Length;)
        {
            var match = Opening().Match(text, at);
            if (!match.Success)
            {
                made += text[at..];
                break;
            }

            made += text[at..match.Index];
            at = match.Index + match.Length;
            if (match.Value == "$${")
            {
                made += "${";
                continue;
            }

            var start = at;
            at = EndOf(text, start) + 1;
            var pointer = match.Groups["pointer"].Value;
            var exists = TryReference(pointer, match.Groups["default"].Success ? text[start..(at - 1)] : null, scope, out var found);
            if (match.Index == 0 && at == text.Length)
            {
                value = found;
                return exists;
            }

            made += !exists
                ? throw new KeyNotFoundException($"There is no value at {pointer}. Give it a default (${{{pointer}:-…}}), or let the step run only when it exists.")
                : found is null ? "null" : found.GetValueKind() == JsonValueKind.String ? (string)found! : found.ToJsonString(FuzzTools.Plain);
        }

        value = made;
        return true;
    }

    /// <summary>The first brace, or of a default that is an object or an array the first with JSON before it.</summary>
    private static int EndOf(string text, int start)
    {
        for (var end = text.IndexOf('}', start); end > start && text[start] is '{' or '['; end = text.IndexOf('}', end + 1))
        {
            if (TryParse(text[start..end], out _))
            {
                return end;
            }
        }

        return text.IndexOf('}', start);
    }

    private static bool TryParse(string text, out JsonNode? value)
    {
        try
        {
            value = JsonNode.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            value = null;
            return false;
        }
    }

    private bool TryReference(string pointer, string? fallback, Scope scope, out JsonNode? value)
    {
        if (TryFind(pointer, scope, out value))
        {
            return true;
        }

        if (fallback is not null && !TryParse(fallback, out value))
        {
            value = fallback;
        }

        return fallback is not null;
    }

    private bool TryFind(string pointer, Scope scope, out JsonNode? value)
    {
        var parts = pointer.Split('/')[1..];
        (var exists, value, var rest) = parts[0] switch
        {
            "input" => (true, input, parts[1..]),
            "steps" => (Step(parts[1]).HasOutput, Step(parts[1]).Output, parts[2..]),
            "errors" => (Step(parts[1]).Error is not null, ErrorOf(Step(parts[1])), parts[2..]),
            "item" => (scope.IsItem, scope.Item, parts[1..]),
            "index" => (scope.IsItem, (JsonNode)scope.Index, parts[1..]),
            _ => (scope.Error is not null, scope.Error, parts[1..]),
        };
        foreach (var part in rest)
        {
            (exists, value) = value switch
            {
                JsonObject o when exists && o.ContainsKey(part) => (true, o[part]),
                JsonArray a when exists && int.TryParse(part, out var i) && i < a.Count => (true, a[i]),
                _ => (false, null),
            };
        }

        value = value?.DeepClone();
        return exists;
    }

    private static JsonObject? ErrorOf(ReferenceStep step) => step.Error is null ? null
        : new JsonObject { ["kind"] = char.ToLowerInvariant(step.Error[0]) + step.Error[1..], ["message"] = step.Message };

    private static IEnumerable<string> DependenciesOf(JsonObject step) =>
        Mentioned().Matches(step.ToJsonString(FuzzTools.Plain)).Select(m => m.Groups[1].Value)
            .Concat(step["after"]?.AsArray().Select(a => (string)a!) ?? []).Distinct();

    private static IEnumerable<string> NeededBy(JsonObject step)
    {
        var arguments = step["arguments"]?.ToJsonString(FuzzTools.Plain) ?? "";
        var items = step["forEach"]?.ToJsonString(FuzzTools.Plain) ?? "";
        return Opening().Matches(arguments).Where(m => !m.Groups["default"].Success).Select(m => m.Groups["pointer"].Value)
            .Concat(Mentioned().Matches(items).Select(m => m.Value))
            .Select(p => Regex.Match(p, "^\"?/steps/([A-Za-z0-9]+)")).Where(m => m.Success).Select(m => m.Groups[1].Value);
    }

    /// <summary>The beginning of a reference, up to its default or its end.</summary>
    [GeneratedRegex(@"\$\$\{|\$\{(?<pointer>/[^}:]*)(?<default>:-)?")]
    private static partial Regex Opening();

    [GeneratedRegex(@"/(?:steps|errors)/([A-Za-z0-9]+)")]
    private static partial Regex Mentioned();

    /// <summary>What an item, or a fallback, sees beside the rest.</summary>
    private readonly record struct Scope(JsonNode? Item, int Index, bool IsItem, JsonObject? Error = null);
}
