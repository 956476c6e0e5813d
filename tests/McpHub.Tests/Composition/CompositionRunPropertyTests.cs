using System.Text;
using System.Text.Json.Nodes;
using McpHub.Composition.Definitions;
using McpHub.Composition.Running;
using McpHub.Tests.Fuzzing;

namespace McpHub.Tests.Composition;

/// <summary>Random graphs: the executor does what the reference interpreter says.</summary>
public sealed class CompositionRunPropertyTests
{
    private const int Cases = 5000;

    [Fact]
    public async Task Run_DoesWhatTheReferenceSays_OfRandomGraphs()
    {
        var (refused, failed) = (0, 0);
        await FuzzRun.OfAsync(Cases, async random =>
        {
            var definitions = new RandomDefinition(random);
            var definition = definitions.Next();
            var input = definitions.Input();
            var text = definition.ToJsonString(FuzzTools.Plain);
            if (CompositionReader.Parse(Encoding.UTF8.GetBytes(text), out var issues) is not { } plan)
            {
                // What a random condition excludes is refused, and rightly; nothing else may be.
                Assert.All(issues, issue => Assert.Contains("can't run", issue.Problem, StringComparison.Ordinal));
                refused++;
                return;
            }

            failed += await CheckAsync(plan, definition, input, new FuzzCaller(random), $"{text} with {input.ToJsonString(FuzzTools.Plain)}") ? 0 : 1;
        });

        // Both ends are worth something only if both are reached.
        Assert.InRange(refused, 0, Cases / 4);
        Assert.InRange(failed, Cases / 20, Cases - (Cases / 4));
    }

    private static async Task<bool> CheckAsync(CompositionPlan plan, JsonObject definition, JsonObject input, FuzzCaller caller, string because)
    {
        var reference = new ReferenceInterpreter(definition, input);
        var expected = plan.Steps.Select(s => reference.Step(s.Definition.Id)).ToArray();
        var run = new CompositionRun(plan, Encoding.UTF8.GetBytes(input.ToJsonString(FuzzTools.Plain)), caller, TimeProvider.System);

        var result = await run.RunAsync(CancellationToken.None);

        Assert.Equal(0, caller.Running);
        Assert.DoesNotContain(run.Records, r => r.Outcome == StepOutcome.Pending);
        if (expected.Any(e => e.Fails))
        {
            Assert.True(result.Error is not null, because);
            Assert.Contains(run.Records.Zip(expected), pair => pair.First.Outcome == StepOutcome.Failed && pair.Second.Fails);
            Assert.All(run.Records.Zip(expected), pair => Assert.True(
                pair.First.Outcome == StepOutcome.Cancelled || pair.First.Outcome.ToString() == pair.Second.Outcome, because));
            return false;
        }

        for (var i = 0; i < expected.Length; i++)
        {
            var step = $"{plan.Steps[i].Definition.Id} of {because}";
            Assert.True(expected[i].Outcome == run.Records[i].Outcome.ToString(), $"{expected[i].Outcome}, not {run.Records[i].Outcome}: {step}");
            Assert.True(expected[i].Attempts == run.Records[i].Attempts, $"{expected[i].Attempts} attempts, not {run.Records[i].Attempts}: {step}");
            AssertSame(expected[i].HasOutput, expected[i].Output, run.Records[i].Output, step);
        }

        try
        {
            var exists = reference.TryOutput(out var output);
            Assert.True(result.Error is null, result.Error + because);
            AssertSame(exists, output, result.Output, because);
        }
        catch (KeyNotFoundException e)
        {
            Assert.Contains(e.Message, result.Error, StringComparison.Ordinal);
        }

        return true;
    }

    private static void AssertSame(bool exists, JsonNode? expected, ReadOnlyMemory<byte> actual, string because)
    {
        Assert.True(exists == !actual.IsEmpty, because);
        Assert.True(!exists || JsonNode.DeepEquals(expected, JsonNode.Parse(actual.Span)), $"{expected?.ToJsonString()}, not {Encoding.UTF8.GetString(actual.Span)}: {because}");
    }
}
