using System.Diagnostics;
using McpHub.Composition.Definitions;

namespace McpHub.Composition.Running;

/// <summary>What a run has of the world: it calls tools, and asks, on its caller's behalf. Thread-safe.</summary>
internal interface IStepCaller
{
    /// <summary>How many bytes the arguments of a call, or a question, may have.</summary>
    int MostArguments => int.MaxValue;

    /// <summary>Whether the caller has a tool by this name now.</summary>
    bool Has(StepDefinition step);

    /// <summary>Calls the step's tool.</summary>
    /// <param name="step">The step, or a fallback.</param>
    /// <param name="arguments">An object as JSON, which is the call's own.</param>
    /// <param name="cancellationToken">Ends the call; then it may throw.</param>
    ValueTask<StepAnswer> CallAsync(StepDefinition step, ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken);

    /// <summary>Asks the caller; the output is what was filled in.</summary>
    ValueTask<StepAnswer> AskAsync(StepDefinition step, ReadOnlyMemory<byte> parameters, CancellationToken cancellationToken);

    /// <summary>Whether <see cref="Trace"/> may begin a span.</summary>
    bool IsTraced => false;

    /// <summary>Begins the span of a step.</summary>
    /// <returns><see langword="null"/> when nobody traces.</returns>
    Activity? Trace(StepDefinition step) => null;

    /// <summary>A step has ended.</summary>
    void Report(int ended, int all, StepDefinition step)
    {
    }
}
