using System.Text.Json;
using McpHub.Configuration;
using McpHub.NativeTools;
using McpHub.Pipeline.Nested;
using McpHub.Protocol;

namespace McpHub.FunctionalTests.Nested;

/// <summary>
/// A nesting tool that does what its argument <c>plan</c> says, step by step, and answers what came of each: <c>{"call":…,"with":{…}}</c>
/// or <c>{"ask":"…"}</c>.
/// </summary>
internal sealed class PlanTool : IGatewayTool
{
    public const string Name = "run_plan";

    private int _runs;
    private int _cancelled;

    /// <summary>How many runs have begun.</summary>
    public int Runs => Volatile.Read(ref _runs);

    /// <summary>How many runs have ended because nobody wanted them any more.</summary>
    public int Cancelled => Volatile.Read(ref _cancelled);

    public string Definition => $$"""{ "name": "{{Name}}", "inputSchema": { "type": "object", "properties": { "plan": { "type": "array" } } } }""";

    public string Category => "test";

    public bool IsOffered(GatewayConfig gateway) => true;

    public async Task<NestedOutput> RunAsync(NestedRun run, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _runs);
        using var stopped = cancellationToken.UnsafeRegister(_ => Interlocked.Increment(ref _cancelled), null);
        var results = new List<object>();
        var plan = JsonElement.Parse(run.Arguments.Span).GetProperty("plan");
        foreach (var step in plan.EnumerateArray())
        {
            run.Report(results.Count, plan.GetArrayLength(), "step " + results.Count);
            results.Add(step.TryGetProperty("call", out var tool)
                ? await CallAsync(run, tool.GetString()!, step, cancellationToken)
                : await AskAsync(run, step.GetProperty("ask").GetString()!, cancellationToken));
        }

        var output = Utf8Buffer.CopyOf(JsonSerializer.SerializeToUtf8Bytes(new { depth = run.Depth, results }));
        return NestedOutput.Structured(output);
    }

    private static async Task<object> CallAsync(NestedRun run, string tool, JsonElement step, CancellationToken cancellationToken)
    {
        var arguments = step.TryGetProperty("with", out var with) ? JsonSerializer.SerializeToUtf8Bytes(with) : default;
        var timeout = step.TryGetProperty("timeout", out var ms) ? TimeSpan.FromMilliseconds(ms.GetInt32()) : (TimeSpan?)null;
        using var result = await run.CallAsync(new NestedCall(tool, arguments) { Timeout = timeout }, cancellationToken);
        return result.IsError
            ? new { error = result.ErrorText, code = result.Code }
            : new { result = JsonElement.Parse(result.Json.Span), cached = result.IsFromCache };
    }

    private static async Task<object> AskAsync(NestedRun run, string question, CancellationToken cancellationToken)
    {
        var parameters = "{\"message\":\"" + question + "\",\"requestedSchema\":{\"type\":\"object\",\"properties\":{}}}";
        var answer = await run.AskAsync(McpMethod.Elicit, System.Text.Encoding.UTF8.GetBytes(parameters), cancellationToken);
        return new { answer = JsonElement.Parse(answer.Json.Span), isError = answer.IsError };
    }
}
