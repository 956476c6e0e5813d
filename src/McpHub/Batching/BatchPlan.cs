namespace McpHub.Batching;

/// <summary>Which items of a batch wait for which, and what is wrong with that. Immutable.</summary>
internal sealed class BatchPlan
{
    // All that are in a cycle are told of it.
    private const int MostNamed = 10;

    private readonly int[][] _dependents;
    private readonly int[] _dependencies;
    private readonly string?[] _problems;

    private BatchPlan(int[][] dependents, int[] dependencies, string?[] problems)
    {
        _dependents = dependents;
        _dependencies = dependencies;
        _problems = problems;
    }

    /// <summary>The items that wait for this one.</summary>
    public IReadOnlyList<int> DependentsOf(int index) => _dependents[index];

    /// <summary>How many items this one waits for.</summary>
    public int DependenciesOf(int index) => _dependencies[index];

    /// <summary>Why the item can't be run; <see langword="null"/> if it can.</summary>
    public string? ProblemOf(int index) => _problems[index];

    public static BatchPlan Of(IReadOnlyList<BatchItem> items)
    {
        var byId = items.Where(i => i.Id is not null).GroupBy(i => i.Id!, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First().Index, StringComparer.Ordinal);
        var dependents = items.Select(_ => new List<int>()).ToArray();
        var dependencies = new int[items.Count];
        var problems = items.Select(i => i.Problem).ToArray();
        foreach (var item in items)
        {
            foreach (var id in item.DependsOn)
            {
                if (byId.TryGetValue(id, out var dependency))
                {
                    dependents[dependency].Add(item.Index);
                    dependencies[item.Index]++;
                }
                else
                {
                    problems[item.Index] ??= $"It depends on '{BatchItem.Cut(id)}', which is not in the batch.";
                }
            }
        }

        FindCycles(items, byId, dependents, dependencies, problems);
        return new BatchPlan([.. dependents.Select(d => d.ToArray())], dependencies, problems);
    }

    /// <summary>What is left when everything that could be run has been is in a cycle, or behind one; a cycle is named to all that are in it.</summary>
    private static void FindCycles(
        IReadOnlyList<BatchItem> items, Dictionary<string, int> byId, List<int>[] dependents, int[] dependencies, string?[] problems)
    {
        var left = dependencies.ToArray();
        var ready = new Queue<int>(Enumerable.Range(0, items.Count).Where(i => left[i] == 0));
        while (ready.TryDequeue(out var index))
        {
            foreach (var dependent in dependents[index])
            {
                if (--left[dependent] == 0)
                {
                    ready.Enqueue(dependent);
                }
            }
        }

        var seen = new bool[items.Count];
        foreach (var start in Enumerable.Range(0, items.Count).Where(i => left[i] > 0))
        {
            var path = new List<int>();
            var at = start;
            while (!seen[at])
            {
                seen[at] = true;
                path.Add(at);

                // Each that is left waits for another that is left, so the way never ends but in a cycle.
                at = items[at].DependsOn.Select(id => byId.GetValueOrDefault(id, -1)).First(d => d >= 0 && left[d] > 0);
            }

            if (path.IndexOf(at) is >= 0 and var from)
            {
                var cycle = path[from..];
                var named = string.Join(" → ", cycle.Take(MostNamed).Select(i => $"'{items[i].Label}'"))
                    + (cycle.Count > MostNamed ? $" → … ({cycle.Count} in all)" : "") + $" → '{items[at].Label}'";
                foreach (var member in cycle)
                {
                    problems[member] ??= $"It is in a cycle of 'depends_on': {named}.";
                }
            }
        }
    }
}
