using System.Diagnostics;
using McpHub.Composition.Definitions;
using McpHub.Composition.Running;
using McpHub.Observability;
using McpHub.Pipeline.Nested;
using McpHub.Protocol;

namespace McpHub.Composition;

/// <summary>A composition as a tool that runs on its caller's behalf. Immutable; thread-safe.</summary>
internal sealed class CompositionTool : INestingTool
{
    private readonly SchemaCheck _input;
    private readonly SchemaCheck? _output;
    private readonly CompositionMetrics _metrics;
    private readonly ActivitySource _activities;
    private readonly TimeProvider _time;
    private readonly Func<int> _mostArguments;

    /// <param name="plan">What is run.</param>
    /// <param name="metrics">Counts the runs.</param>
    /// <param name="telemetry">Begins spans.</param>
    /// <param name="time">The clock of timeouts and pauses.</param>
    /// <param name="mostArguments">How many bytes the arguments of a step may have, as the configuration of the moment says: the tool outlives it.</param>
    public CompositionTool(CompositionPlan plan, CompositionMetrics metrics, McpMetrics telemetry, TimeProvider time, Func<int> mostArguments)
    {
        Plan = plan;
        _input = new SchemaCheck(plan.Definition.InputSchema);
        _output = plan.Definition.OutputSchema is { } schema ? new SchemaCheck(schema) : null;
        _metrics = metrics;
        _activities = telemetry.Activities;
        _time = time;
        _mostArguments = mostArguments;
    }

    public CompositionPlan Plan { get; }

    public async Task<NestedOutput> RunAsync(NestedRun run, CancellationToken cancellationToken)
    {
        // A step would notice too, but could not say whose fault it is.
        if (_input.FaultOf(run.Arguments.Span) is { } fault)
        {
            return NestedOutput.Text($"Invalid arguments for tool '{Plan.Definition.Name}': {fault}", isError: true);
        }

        var composition = new CompositionRun(Plan, run.Arguments, new RunStepCaller(run, Plan, _activities, _mostArguments()), _time);
        try
        {
            var result = Check(await composition.RunAsync(cancellationToken));
            _metrics.Ran(Plan, composition.Records, result.Error is not null);
            return CompositionOutput.Write(Plan, composition.Records, result);
        }
        catch (OperationCanceledException)
        {
            _metrics.Ran(Plan, composition.Records, isError: true);
            throw;
        }
    }

    /// <summary>Structured content must be what the tool has announced (2026-07-28, "Output schema"): what isn't is a failure of the tool.</summary>
    private CompositionResult Check(in CompositionResult result)
    {
        if (_output is null || result.Error is not null)
        {
            return result;
        }

        string? fault;
        if (CompositionOutput.IsText(result))
        {
            fault = "it is a text, where an object is announced.";
        }
        else
        {
            using var structured = CompositionOutput.ObjectOf(result.Output.Span);
            fault = _output.FaultOf(structured.Span);
        }

        return fault is null ? result : CompositionResult.Fail($"The output of the composition '{Plan.Definition.Name}' is not what its outputSchema says: {fault}");
    }
}
