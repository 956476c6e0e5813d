using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using McpHub.Composition.Definitions;
using McpHub.Composition.Running;

namespace McpHub.Tests.Composition;

/// <summary>Calls <see cref="FuzzTools"/>, at once or later, and counts what is under way.</summary>
internal sealed class FuzzCaller(Random random) : IStepCaller
{
    private readonly ConcurrentDictionary<StepDefinition, int> _attempts = new();
    private readonly Lock _lock = new();
    private int _running;

    /// <summary>How many calls are under way.</summary>
    public int Running => _running;

    public bool Has(StepDefinition step) => true;

    public async ValueTask<StepAnswer> CallAsync(StepDefinition step, ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _running);
        try
        {
            var attempt = _attempts.AddOrUpdate(step, 1, (_, n) => n + 1);
            var (waits, throws) = Roll();
            for (var i = 0; i < waits; i++)
            {
                await Task.Yield();
                if (cancellationToken.IsCancellationRequested)
                {
                    return throws ? throw new OperationCanceledException(cancellationToken) : StepAnswer.Fail(StepFailureKind.Cancelled, "The call was cancelled.");
                }
            }

            var node = JsonNode.Parse(arguments.Span)!;
            var kind = FuzzTools.FailureOf(step.Tool!, attempt, node);
            return kind.Length > 0
                ? StepAnswer.Fail(Enum.Parse<StepFailureKind>(kind), FuzzTools.Message)
                : new StepAnswer(Encoding.UTF8.GetBytes(FuzzTools.OutputOf(step.Tool!, node).ToJsonString(FuzzTools.Plain)));
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    public ValueTask<StepAnswer> AskAsync(StepDefinition step, ReadOnlyMemory<byte> parameters, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("Nothing is asked here.");

    private (int Waits, bool Throws) Roll()
    {
        lock (_lock)
        {
            return (random.Next(2) * random.Next(1, 4), random.Next(2) == 0);
        }
    }
}
