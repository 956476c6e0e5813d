using System.Text.Json;
using McpHub.Composition.Conditions;
using McpHub.Composition.Values;
using McpHub.Configuration.Reading;

namespace McpHub.Composition.Definitions;

/// <summary>Reads <c>when</c>.</summary>
internal static class ConditionReader
{
    private const string Example = "{\"at\": \"/steps/ID/NAME\", \"equals\": …}";

    private static readonly string[] Tests = ["exists", "equals", "in", "compare"];
    private static readonly string[] Combinations = ["not", "all", "any"];

    private static readonly Dictionary<string, ComparisonOperator> Operators = new(StringComparer.Ordinal)
    {
        ["<"] = ComparisonOperator.Less,
        ["<="] = ComparisonOperator.LessOrEqual,
        [">"] = ComparisonOperator.Greater,
        [">="] = ComparisonOperator.GreaterOrEqual,
    };

    /// <returns><see langword="null"/> after reporting what is wrong with it.</returns>
    public static Condition? Read(ConfigNode node, ExpressionReader expressions, int depth = 0)
    {
        if (depth > CompositionLimits.MostNesting)
        {
            expressions.Issues.Error(node, new Problem("is nested too deeply", "Make it flatter."));
            return null;
        }

        if (DefinitionNodes.Open(node, expressions.Issues, Example) is not { } members)
        {
            return null;
        }

        var given = Tests.Concat(Combinations).Where(test => members.Take(test) is not null).ToList();
        var at = members.Take("at");
        members.Finish();
        if (given.Count != 1)
        {
            expressions.Issues.Error(node, new Problem(
                given.Count == 0 ? "does not say what has to hold" : $"has both {given[0]} and {given[1]}",
                "Write one of exists, equals, in, compare, not, all and any; \"all\": [ … ] takes several."));
            return null;
        }

        var test = given[0];
        var value = node[test]!;
        if (Combinations.Contains(test))
        {
            if (at is not null)
            {
                expressions.Issues.Error(at, new Problem($"has no use beside {test}", "Move it into the inner condition."), IssueValue.Of(at));
            }

            return test == "not"
                ? Read(value, expressions, depth + 1) is { } inner ? new NotCondition(inner) : null
                : Combine(value, expressions, test == "all", depth);
        }

        if (at is null)
        {
            expressions.Issues.Error(node, new Problem("does not say which value it is about", "Add \"at\": \"/input/NAME\" or \"/steps/ID/NAME\"."));
            return null;
        }

        return expressions.Pointer(at) is { } pointer ? Test(test, pointer, value, expressions) : null;
    }

    private static Condition? Test(string test, ValuePointer at, ConfigNode value, ExpressionReader expressions)
    {
        switch (test)
        {
            case "exists" when value.Kind is JsonValueKind.True or JsonValueKind.False:
                return new ExistsCondition(at, value.Kind == JsonValueKind.True);
            case "exists":
                expressions.Issues.Error(value, new Problem("is neither true nor false", "Write true, or false for what must not be there."), IssueValue.Of(value));
                return null;
            case "equals":
                return new EqualsCondition(at, expressions.Read(value));
            case "in":
                var list = expressions.Read(value);
                if (list is ArrayValue || value.Kind == JsonValueKind.Array || list is ReferenceValue)
                {
                    return new InCondition(at, list);
                }

                expressions.Issues.Error(value, new Problem("is no array", "Write the values in [ ], or a reference to an array."), IssueValue.Of(value));
                return null;
            default:
                return Compare(at, value, expressions);
        }
    }

    private static CombinedCondition? Combine(ConfigNode node, ExpressionReader expressions, bool isAll, int depth)
    {
        if (node.Kind != JsonValueKind.Array || node.Items.Count == 0)
        {
            expressions.Issues.Error(node, new Problem("is no array of conditions", $"Write [{Example}]."), IssueValue.Of(node));
            return null;
        }

        var parts = node.Items.Select(item => Read(item, expressions, depth + 1)).ToArray();
        return Array.TrueForAll(parts, p => p is not null) ? new CombinedCondition(parts!, isAll) : null;
    }

    private static CombinedCondition? Compare(ValuePointer at, ConfigNode node, ExpressionReader expressions)
    {
        if (DefinitionNodes.Open(node, expressions.Issues, "{\">=\": 1}") is not { } members)
        {
            return null;
        }

        var parts = new List<Condition>();
        foreach (var (name, @operator) in Operators)
        {
            if (members.Take(name) is { } value)
            {
                var other = expressions.Read(value);
                if (value.Kind is JsonValueKind.Number or JsonValueKind.String)
                {
                    parts.Add(new CompareCondition(at, @operator, other));
                }
                else
                {
                    expressions.Issues.Error(value, new Problem("can't be compared", "Write a number, a text or a reference."), IssueValue.Of(value));
                }
            }
        }

        members.Finish();
        if (node.Members.Count == 0)
        {
            expressions.Issues.Error(node, new Problem("compares with nothing", "Write {\">=\": 1}, with one or two of <, <=, > and >=."));
        }

        return parts.Count == 0 ? null : new CombinedCondition(parts, isAll: true);
    }
}
