using System.Text.Json;
using System.Text.RegularExpressions;
using McpHub.Composition.Values;
using McpHub.Configuration.Reading;

namespace McpHub.Composition.Definitions;

/// <summary>Reads the steps.</summary>
internal static partial class StepReader
{
    private const string ToolMend = "Add \"tool\", the name that clients call, or \"elicit\" to ask the caller.";

    private static readonly Dictionary<string, OutputForm> Forms = new(StringComparer.Ordinal)
    {
        ["auto"] = OutputForm.Auto,
        ["text"] = OutputForm.Text,
        ["json"] = OutputForm.Json,
        ["full"] = OutputForm.Full,
    };

    private static readonly Dictionary<string, ErrorMode> Modes = new(StringComparer.Ordinal)
    {
        ["fail"] = ErrorMode.Fail,
        ["continue"] = ErrorMode.Continue,
    };

    private static readonly Dictionary<string, RetryOn> Failures = new(StringComparer.Ordinal)
    {
        ["rateLimited"] = RetryOn.RateLimited,
        ["unavailable"] = RetryOn.Unavailable,
        ["timeout"] = RetryOn.Timeout,
        ["lost"] = RetryOn.Lost,
        ["toolError"] = RetryOn.ToolError,
        ["error"] = RetryOn.Error,
        ["any"] = RetryOn.Any,
    };

    public static IReadOnlyList<StepDefinition> ReadAll(DefinitionNodes composition, out ExpressionReader expressions)
    {
        var issues = composition.Issues;
        var ids = new OrderedDictionary<string, int>(StringComparer.Ordinal);
        expressions = new ExpressionReader(issues, ids);
        if (composition.Take("steps") is not { Kind: JsonValueKind.Array, Items.Count: > 0 } list)
        {
            issues.Error(composition.Node["steps"] ?? composition.Node, new Problem("has no steps", "Write \"steps\": [{\"id\": \"…\", \"tool\": \"…\", \"arguments\": {…}}]."));
            return [];
        }

        if (list.Items.Count > CompositionLimits.MostSteps)
        {
            issues.Error(list, new Problem($"has {list.Items.Count} steps", $"Write {CompositionLimits.MostSteps} at most; a composition may call another."));
            return [];
        }

        // First the names: a step may refer to one that stands after it.
        for (var i = 0; i < list.Items.Count; i++)
        {
            if (list.Items[i]["id"] is { Kind: JsonValueKind.String } id && !ids.TryAdd(id.Text, i))
            {
                issues.Error(id, new Problem("is the id of another step", "Give each step an id of its own."), IssueValue.Of(id));
            }
        }

        var reader = expressions;
        return [.. list.Items.Select(item => Read(item, reader, ids)).OfType<StepDefinition>()];
    }

    private static StepDefinition? Read(ConfigNode node, ExpressionReader expressions, OrderedDictionary<string, int> ids)
    {
        if (DefinitionNodes.Open(node, expressions.Issues, "{\"id\": \"…\", \"tool\": \"…\", \"arguments\": {…}}") is not { } members)
        {
            return null;
        }

        var id = members.Required("id", "Add \"id\", a short name such as \"search\".") ?? "";
        if (id.Length > 0 && !Name().IsMatch(id))
        {
            expressions.Issues.Error(node["id"]!, new Problem("is no id", "Write letters, digits, - and _, 64 at most, beginning with a letter."), IssueValue.Of(node["id"]!));
        }

        var when = members.Take("when") is { } condition ? ConditionReader.Read(condition, expressions) : null;
        var forEach = ReadForEach(members, expressions);
        var inner = members.Node["forEach"] is null ? expressions : expressions.With(ValueRoot.Item, ValueRoot.Index);
        var step = ReadCall(members, inner, id, fallbacks: 0) with { When = when, ForEach = forEach, After = ReadAfter(members, ids) };
        members.Finish();
        return step;
    }

    /// <summary>What a step and a fallback have in common.</summary>
    private static StepDefinition ReadCall(DefinitionNodes members, ExpressionReader expressions, string id, int fallbacks)
    {
        var issues = expressions.Issues;
        var tool = members.Text("tool", ToolMend);
        var arguments = members.Take("arguments");
        var elicit = members.Take("elicit");
        if (members.Node["tool"] is null == elicit is null)
        {
            issues.Error(members.Node, new Problem(elicit is null ? "neither calls a tool nor asks anything" : "both calls a tool and asks something", ToolMend));
        }
        else if (elicit is not null && arguments is not null)
        {
            issues.Error(arguments, new Problem("has no use beside elicit", "Write what is asked into \"elicit\"."));
        }

        var step = new StepDefinition
        {
            Id = id,
            Tool = elicit is null ? tool ?? "" : null,
            Arguments = elicit is null ? ReadArguments(arguments, expressions) : QuestionReader.Read(elicit, expressions),
            Retry = ReadRetry(members),
            Timeout = members.Duration("timeout", CompositionLimits.LongestTimeout),
            Form = members.Take("result") is { } form ? members.Choice(form, Forms) ?? default : default,
            Node = members.Node,
        };
        return ReadOnError(members, expressions, step, fallbacks);
    }

    private static ValueExpression ReadArguments(ConfigNode? node, ExpressionReader expressions)
    {
        if (node is null)
        {
            return new ConstantValue("{}"u8.ToArray());
        }

        var value = expressions.Read(node);
        if (node.Kind != JsonValueKind.Object && value is not ReferenceValue)
        {
            expressions.Issues.Error(node, new Problem("is no object", "Write {\"NAME\": …}, or a reference to an object such as \"${/input}\"."), IssueValue.Of(node));
        }

        return value;
    }

    private static StepDefinition ReadOnError(DefinitionNodes members, ExpressionReader expressions, StepDefinition step, int fallbacks)
    {
        if (members.Take("onError") is not { } node)
        {
            return step;
        }

        if (node.Kind != JsonValueKind.Object)
        {
            return step with { OnError = members.Choice(node, Modes, ", or a step that takes its place: {\"tool\": …}") ?? ErrorMode.Fail };
        }

        if (fallbacks == CompositionLimits.MostFallbacks)
        {
            expressions.Issues.Error(node, new Problem("is a fallback too many", $"Write {CompositionLimits.MostFallbacks} at most."));
            return step;
        }

        var inner = new DefinitionNodes(node, expressions.Issues);
        var fallback = ReadCall(inner, expressions.With(ValueRoot.Error), step.Id, fallbacks + 1);
        inner.Finish();
        return step with { OnError = ErrorMode.Fallback, Fallback = fallback };
    }

    private static ForEachDefinition? ReadForEach(DefinitionNodes members, ExpressionReader expressions)
    {
        if (members.Take("forEach") is not { } node)
        {
            return null;
        }

        if (node.Kind != JsonValueKind.Object)
        {
            return expressions.Pointer(node) is { } items
                ? new ForEachDefinition(items, CompositionLimits.DefaultParallel, CompositionLimits.DefaultItems)
                : null;
        }

        var inner = new DefinitionNodes(node, expressions.Issues);
        var pointer = inner.Take("items") is { } at ? expressions.Pointer(at) : null;
        if (node["items"] is null)
        {
            expressions.Issues.Error(node, new Problem("does not say which array it is about", "Add \"items\": \"/steps/ID/NAME\"."));
        }

        var parallel = inner.Integer("parallel", 1, CompositionLimits.MostParallel) ?? CompositionLimits.DefaultParallel;
        var most = inner.Integer("max", 1, CompositionLimits.MostItems) ?? CompositionLimits.DefaultItems;
        inner.Finish();
        return pointer is null ? null : new ForEachDefinition(pointer, parallel, most);
    }

    private static RetryDefinition? ReadRetry(DefinitionNodes members)
    {
        if (members.Take("retry") is not { } node || DefinitionNodes.Open(node, members.Issues, "{\"attempts\": 3}") is not { } inner)
        {
            return null;
        }

        var attempts = inner.Integer("attempts", 1, CompositionLimits.MostAttempts) ?? 3;
        var backoff = inner.Duration("backoff", CompositionLimits.LongestPause) ?? TimeSpan.FromMilliseconds(200);
        var most = inner.Duration("maxBackoff", CompositionLimits.LongestPause) ?? TimeSpan.FromSeconds(10);
        var on = RetryOn.RateLimited | RetryOn.Unavailable;
        if (inner.Take("on") is { } words)
        {
            on = RetryOn.None;
            foreach (var word in words.Kind == JsonValueKind.Array ? words.Items : [words])
            {
                on |= inner.Choice(word, Failures) ?? RetryOn.None;
            }
        }

        inner.Finish();
        return new RetryDefinition(attempts, backoff, most < backoff ? backoff : most, on);
    }

    private static List<int> ReadAfter(DefinitionNodes members, OrderedDictionary<string, int> ids)
    {
        var after = new List<int>();
        if (members.Take("after") is not { } node)
        {
            return after;
        }

        foreach (var item in node.Kind == JsonValueKind.Array ? node.Items : [node])
        {
            if (item.Kind == JsonValueKind.String && ids.TryGetValue(item.Text, out var step))
            {
                after.Add(step);
            }
            else
            {
                var mend = item.Kind == JsonValueKind.String && Spelling.Closest(item.Text, ids.Keys) is { } close
                    ? $"Did you mean {close}?" : $"Write ids of steps: {string.Join(", ", ids.Keys)}.";
                members.Issues.Error(item, new Problem("names no step", mend), IssueValue.Of(item));
            }
        }

        return after;
    }

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
