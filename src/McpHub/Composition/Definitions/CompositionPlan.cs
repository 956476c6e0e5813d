using McpHub.Composition.Values;
using McpHub.Configuration.Reading;

namespace McpHub.Composition.Definitions;

/// <summary>A definition as it is run: its graph, with every pointer resolved. Immutable; thread-safe.</summary>
internal sealed class CompositionPlan
{
    private CompositionPlan(CompositionDefinition definition, PlannedStep[] steps)
    {
        Definition = definition;
        Steps = steps;
        Roots = [.. Enumerable.Range(0, steps.Length).Where(i => steps[i].Dependencies.Count == 0)];
        IsChain = Drawing.StepLayers.Count(steps) == steps.Length && Array.TrueForAll(steps, s => s.Definition.ForEach is null);
        Calls = [.. steps.SelectMany(s => CallsOf(s.Definition))];
        Certain = [.. steps.Select(s => s.Definition).Where(s => s is { IsQuestion: false, When: null, OnError: ErrorMode.Fail, ForEach: null })];
    }

    public CompositionDefinition Definition { get; }

    /// <summary>In the order of the definition.</summary>
    public PlannedStep[] Steps { get; }

    /// <summary>The steps that wait for none.</summary>
    public int[] Roots { get; }

    /// <summary>Whether one step at most runs at any time, so that the failure of one never ends another.</summary>
    public bool IsChain { get; }

    /// <summary>Every step and fallback that calls a tool.</summary>
    public StepDefinition[] Calls { get; }

    /// <summary>The steps without whose tools the composition can only fail: they are looked for before anything runs.</summary>
    public StepDefinition[] Certain { get; }

    /// <summary>Draws the graph and looks for what can't be in it.</summary>
    /// <returns><see langword="null"/> if steps wait for each other.</returns>
    public static CompositionPlan? Compile(CompositionDefinition definition, IssueCollector issues)
    {
        var count = definition.Steps.Count;
        var dependencies = definition.Steps.Select(s => DependenciesOf(s).Distinct().Order().ToArray()).ToArray();
        if (GraphCheck.ReportCycles(definition, dependencies, issues))
        {
            return null;
        }

        GraphCheck.ReportUnreachable(definition, issues);
        var dependents = Enumerable.Range(0, count).Select(i => Enumerable.Range(0, count).Where(j => dependencies[j].Contains(i)).ToArray()).ToArray();
        return new CompositionPlan(
            definition,
            [.. definition.Steps.Select((s, i) => new PlannedStep(s, dependencies[i], dependents[i], [.. NeededBy(s).Distinct().Order()]))]);
    }

    /// <summary>The step and its fallbacks, as far as they call tools.</summary>
    public static IEnumerable<StepDefinition> CallsOf(StepDefinition? step)
    {
        for (; step is not null; step = step.Fallback)
        {
            if (!step.IsQuestion)
            {
                yield return step;
            }
        }
    }

    /// <summary>The steps without whose output this one can't run: what its arguments and its items are made of.</summary>
    public static IEnumerable<int> NeededBy(StepDefinition step)
    {
        var arguments = step.Arguments.References.Where(r => !r.HasDefault).Select(r => r.Pointer);
        return StepsOf(step.ForEach is null ? arguments : arguments.Append(step.ForEach.Items), ValueRoot.Step);
    }

    private static IEnumerable<int> DependenciesOf(StepDefinition step)
    {
        var pointers = step.When?.Pointers ?? [];
        if (step.ForEach is not null)
        {
            pointers = pointers.Append(step.ForEach.Items);
        }

        for (var call = step; call is not null; call = call.Fallback)
        {
            pointers = pointers.Concat(call.Arguments.References.Select(r => r.Pointer));
        }

        var all = pointers.ToArray();
        return StepsOf(all, ValueRoot.Step).Concat(StepsOf(all, ValueRoot.StepError)).Concat(step.After);
    }

    private static IEnumerable<int> StepsOf(IEnumerable<ValuePointer> pointers, ValueRoot root) =>
        pointers.Where(p => p.Root == root).Select(p => p.Step);
}
