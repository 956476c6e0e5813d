using System.Diagnostics;
using System.Text.Json;
using McpHub.Composition.Definitions;
using McpHub.Composition.Running;
using McpHub.Pipeline;
using McpHub.Pipeline.Nested;
using McpHub.Protocol;

namespace McpHub.Composition;

/// <summary>Calls the steps' tools through the whole pipeline, as the caller of the composition.</summary>
/// <param name="run">The composition's run.</param>
/// <param name="plan">What is run.</param>
/// <param name="activities">Begins the steps' spans.</param>
/// <param name="mostArguments">How many bytes the arguments of a call may have.</param>
internal sealed class RunStepCaller(NestedRun run, CompositionPlan plan, ActivitySource activities, int mostArguments) : IStepCaller
{
    public int MostArguments => mostArguments;

    public bool IsTraced => activities.HasListeners();

    public bool Has(StepDefinition step) => run.View.FindTool(step.ToolJson) is not null;

    public ValueTask<StepAnswer> CallAsync(StepDefinition step, ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken)
    {
        var pending = run.CallAsync(new NestedCall(step.ToolJson, arguments) { SkipsText = step.Form == OutputForm.Auto }, cancellationToken);
        return pending.IsCompletedSuccessfully ? new ValueTask<StepAnswer>(Read(step, pending.Result)) : AwaitAsync(step, pending);
    }

    public async ValueTask<StepAnswer> AskAsync(StepDefinition step, ReadOnlyMemory<byte> parameters, CancellationToken cancellationToken)
    {
        var answer = await run.AskAsync(McpMethod.Elicit, parameters, cancellationToken);

        // What is taken back is told as cancelled, as to a server that has asked; but the caller has not answered anything.
        cancellationToken.ThrowIfCancellationRequested();
        if (answer.IsError)
        {
            var reason = JsonMembers.TryGet(answer.Json.Span, "message"u8, out var message) ? JsonText.Decode(message) : null;
            return StepAnswer.Fail(StepFailureKind.CannotAsk, $"the caller could not be asked: {reason ?? "its client gave no reason."}");
        }

        JsonMembers.TryGet(answer.Json.Span, "action"u8, out var action);
        if (!JsonText.Is(action, "accept"u8))
        {
            return StepAnswer.Fail(StepFailureKind.Declined, $"the caller was asked, and answered {JsonText.Decode(action) ?? "nothing"}.");
        }

        return new StepAnswer(JsonMembers.TryGet(answer.Json.Span, "content"u8, out var content) && content[0] == '{' ? content.ToArray() : "{}"u8.ToArray());
    }

    public Activity? Trace(StepDefinition step)
    {
        if (!activities.HasListeners())
        {
            return null;
        }

        var span = activities.StartActivity($"step {step.Id}", ActivityKind.Internal, run.Trace);
        span?.SetTag("mcphub.composition.name", plan.Definition.Name);
        span?.SetTag("mcphub.composition.step", step.Id);
        return span;
    }

    public void Report(int ended, int all, StepDefinition step)
    {
        if (run.WantsProgress)
        {
            run.Report(ended, all, $"step {step.Id} has ended");
        }
    }

    private static async ValueTask<StepAnswer> AwaitAsync(StepDefinition step, ValueTask<NestedResult> pending) => Read(step, await pending);

    private static StepAnswer Read(StepDefinition step, NestedResult result)
    {
        using (result)
        {
            if (result.IsError)
            {
                return StepAnswer.Fail(KindOf(result.Failure?.Kind), result.ErrorText);
            }

            if (result.IsToolError)
            {
                var text = StepOutput.TextOf(result.Json.Span);
                return StepAnswer.Fail(StepFailureKind.ToolError, text.Length > 0 ? text : "the tool failed and did not say why.");
            }

            try
            {
                return StepOutput.Read(result.Json.Span, step.Form) is { } output
                    ? new StepAnswer(output, null, result.IsFromCache)
                    : StepAnswer.Fail(StepFailureKind.BadValue, "its text is no JSON.");
            }
            catch (JsonException)
            {
                // Each step that hands on what another gave may put it one level deeper.
                return StepAnswer.Fail(StepFailureKind.BadValue, $"its result is nested more than {EnvelopeReader.MaxDepth} deep.");
            }
        }
    }

    private static StepFailureKind KindOf(FailureKind? kind) => kind switch
    {
        FailureKind.RateLimited => StepFailureKind.RateLimited,
        FailureKind.UpstreamUnavailable or FailureKind.Overloaded or FailureKind.AuditUnavailable => StepFailureKind.Unavailable,
        FailureKind.UpstreamLost => StepFailureKind.Lost,
        FailureKind.TimedOut => StepFailureKind.Timeout,
        FailureKind.Cancelled => StepFailureKind.Cancelled,
        _ => StepFailureKind.Error,
    };
}
