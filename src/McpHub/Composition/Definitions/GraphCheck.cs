using McpHub.Composition.Conditions;
using McpHub.Composition.Values;
using McpHub.Configuration.Reading;

namespace McpHub.Composition.Definitions;

/// <summary>Finds steps that wait for each other, and steps that can never run.</summary>
internal static class GraphCheck
{
    /// <returns>Whether there are any.</returns>
    public static bool ReportCycles(CompositionDefinition definition, int[][] dependencies, IssueCollector issues)
    {
        var left = Enumerable.Range(0, dependencies.Length).ToHashSet();
        DropWhoWaitsForNobody();
        var isCyclic = left.Count > 0;

        // Whoever waits for a circle without being in it has nothing to mend.
        while (left.RemoveWhere(i => !left.Any(j => dependencies[j].Contains(i))) > 0)
        {
            // Nobody that is left waits for these.
        }

        while (left.Count > 0)
        {
            var circle = CircleFrom(left.Min(), dependencies, left);
            var names = string.Join(" → ", circle.Append(circle[0]).Select(i => definition.Steps[i].Id));
            issues.Error(definition.Steps[circle[0]].Node, new Problem(
                circle.Count == 1 ? $"step '{definition.Steps[circle[0]].Id}' waits for itself" : $"steps wait for each other: {names}",
                "Take one of the references, or one of the \"after\", away."));

            // The circle is told; what hung on it is not another.
            left.ExceptWith(circle);
            DropWhoWaitsForNobody();
        }

        return isCyclic;

        void DropWhoWaitsForNobody()
        {
            while (left.RemoveWhere(i => !dependencies[i].Any(left.Contains)) > 0)
            {
                // Whoever waits for nobody that is left can run.
            }
        }
    }

    /// <summary>Reports steps whose condition is false whatever comes, and those that need the output of such a step.</summary>
    public static void ReportUnreachable(CompositionDefinition definition, IssueCollector issues)
    {
        var never = new HashSet<int>();
        for (var i = 0; i < definition.Steps.Count; i++)
        {
            if (definition.Steps[i].When is { } when && IsNever(when))
            {
                never.Add(i);
                issues.Error(definition.Steps[i].Node["when"]!, new Problem($"never holds, so that step '{definition.Steps[i].Id}' can't run", "Mend the condition, or remove the step."));
            }
        }

        for (var found = true; found;)
        {
            found = false;
            for (var i = 0; i < definition.Steps.Count; i++)
            {
                if (!never.Contains(i) && CompositionPlan.NeededBy(definition.Steps[i]).FirstOrDefault(never.Contains, -1) is >= 0 and var needed)
                {
                    found = never.Add(i);
                    issues.Error(definition.Steps[i].Node, new Problem(
                        $"step '{definition.Steps[i].Id}' needs the output of '{definition.Steps[needed].Id}', which can't run", "Refer to another step, or give the reference a default."));
                }
            }
        }
    }

    /// <summary>Conditions that no value can fulfil. In doubt, one may.</summary>
    private static bool IsNever(Condition condition) => condition switch
    {
        InCondition { List: ConstantValue list } => list.Json.SequenceEqual("[]"u8),
        CombinedCondition combined => combined.IsAll ? combined.Parts.Any(IsNever) || Contradicts(combined) : combined.Parts.All(IsNever),
        _ => false,
    };

    /// <summary>One value that has to be there and missing, or equal to two that differ.</summary>
    private static bool Contradicts(CombinedCondition all)
    {
        var exists = all.Parts.OfType<ExistsCondition>().ToArray();
        var equals = all.Parts.OfType<EqualsCondition>().Where(e => e.Other is ConstantValue).ToArray();
        return exists.Any(a => exists.Any(b => a.At.Text == b.At.Text && a.Wanted != b.Wanted))
            || equals.Any(a => exists.Any(b => a.At.Text == b.At.Text && !b.Wanted))
            || equals.Any(a => equals.Any(b => a.At.Text == b.At.Text
                && !JsonComparison.AreEqual(((ConstantValue)a.Other).Json, ((ConstantValue)b.Other).Json)));
    }

    private static List<int> CircleFrom(int start, int[][] dependencies, HashSet<int> left)
    {
        var way = new List<int>();
        for (var at = start; ; at = dependencies[at].First(left.Contains))
        {
            if (way.IndexOf(at) is >= 0 and var first)
            {
                return way[first..];
            }

            way.Add(at);
        }
    }
}
