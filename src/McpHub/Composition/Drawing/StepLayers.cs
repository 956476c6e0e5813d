using McpHub.Composition.Definitions;

namespace McpHub.Composition.Drawing;

/// <summary>Puts the steps of a graph into layers, each after all that its steps wait for.</summary>
internal static class StepLayers
{
    /// <returns>The places of the steps, layer by layer, each in the order of the definition.</returns>
    public static IReadOnlyList<IReadOnlyList<int>> Of(CompositionPlan plan) => Of(plan.Steps);

    /// <summary>How many layers there are.</summary>
    public static int Count(PlannedStep[] steps) => Of(steps).Count;

    private static List<IReadOnlyList<int>> Of(PlannedStep[] steps)
    {
        var layers = new List<IReadOnlyList<int>>();
        var placed = new HashSet<int>();
        while (placed.Count < steps.Length)
        {
            var next = Enumerable.Range(0, steps.Length)
                .Where(i => !placed.Contains(i) && steps[i].Dependencies.All(placed.Contains)).ToArray();
            placed.UnionWith(next);
            layers.Add(next);
        }

        return layers;
    }

    /// <summary>What a step does beside its call, in words.</summary>
    public static IEnumerable<string> Notes(StepDefinition step)
    {
        if (step.When is not null)
        {
            yield return "when";
        }

        if (step.ForEach is { } forEach)
        {
            yield return $"for each of {forEach.Items.Text}, {forEach.Parallel} at a time";
        }

        if (step.Retry is { } retry)
        {
            yield return $"{retry.Attempts} attempts";
        }

        for (var call = step; call is not null; call = call.Fallback)
        {
            if (call.Fallback is { } fallback)
            {
                yield return $"or else {fallback.Tool ?? "ask"}";
            }
            else if (call.OnError == ErrorMode.Continue)
            {
                yield return "or else nothing";
            }
        }
    }
}
