using System.Text;
using McpHub.Composition.Definitions;
using McpHub.Composition.Running;

namespace McpHub.Tests.Composition;

/// <summary>Answers each tool as the test says, and notes the calls.</summary>
internal sealed class ScriptedCaller : IStepCaller
{
    private readonly List<string> _calls = [];

    public Dictionary<string, Func<string, CancellationToken, ValueTask<StepAnswer>>> Tools { get; } = [];

    public int MostArguments { get; set; } = int.MaxValue;

    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_calls)
            {
                return [.. _calls];
            }
        }
    }

    public static StepAnswer Json(string json) => new(Encoding.UTF8.GetBytes(json));

    public void Answer(string tool, string json) => Tools[tool] = (_, _) => new ValueTask<StepAnswer>(Json(json));

    public bool Has(StepDefinition step) => Tools.ContainsKey(step.Tool!);

    public ValueTask<StepAnswer> CallAsync(StepDefinition step, ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken) =>
        RunAsync(step.Tool!, arguments, cancellationToken);

    public ValueTask<StepAnswer> AskAsync(StepDefinition step, ReadOnlyMemory<byte> parameters, CancellationToken cancellationToken) =>
        RunAsync("ask", parameters, cancellationToken);

    private ValueTask<StepAnswer> RunAsync(string tool, ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken)
    {
        var text = Encoding.UTF8.GetString(arguments.Span);
        lock (_calls)
        {
            _calls.Add(tool + text);
        }

        return Tools[tool](text, cancellationToken);
    }
}
