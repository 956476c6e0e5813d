using System.Diagnostics.Metrics;
using McpHub.Composition.Definitions;
using McpHub.Composition.Running;
using McpHub.Observability;

namespace McpHub.Composition;

/// <summary>Counts runs and what has come of their steps.</summary>
internal sealed class CompositionMetrics(McpMetrics metrics)
{
    private readonly Counter<long> _runs = metrics.Counter("mcphub.composition.runs", "{run}", "Runs of compositions.");
    private readonly Counter<long> _steps = metrics.Counter("mcphub.composition.steps", "{step}", "Steps of compositions, by what came of them.");

    public void Ran(CompositionPlan plan, StepRecord[] records, bool isError)
    {
        var name = new KeyValuePair<string, object?>("mcphub.composition.name", plan.Definition.Name);
        if (_runs.Enabled)
        {
            _runs.Add(1, name, new("mcphub.composition.outcome", isError ? "failed" : "succeeded"));
        }

        if (_steps.Enabled)
        {
            foreach (var record in records)
            {
                _steps.Add(1, name, new("mcphub.composition.outcome", record.Outcome.ToString().ToLowerInvariant()));
            }
        }
    }
}
