using McpHub.Configuration;
using McpHub.NativeTools;
using McpHub.Pipeline;
using McpHub.Pipeline.Nested;
using McpHub.Protocol;

namespace McpHub.Streaming;

/// <summary><c>hub_stream_start</c>: calls a tool in the background, as its caller, and gives the id of the stream.</summary>
internal sealed class StreamStartTool(StreamRegistry streams) : IGatewayTool
{
    private const int UsualPriority = 5;

    public string Definition => StreamToolDefinitions.Start;

    public string Category => StreamToolDefinitions.Category;

    public bool IsOffered(GatewayConfig gateway) => gateway.Streams.Enabled;

    public async Task<NestedOutput> RunAsync(NestedRun run, CancellationToken cancellationToken)
    {
        if (Read(run, out var call, out var priority) is { } fault)
        {
            return NestedOutput.Text(fault, isError: true);
        }

        // It outlives this call: there is nobody who could be asked something.
        var detached = run.Detach();
        var start = await streams.StartAsync(
            new StreamRequest(run.Caller.Key, call.Tool, priority, (parts, token) => CallAsync(detached, call, parts, token)), cancellationToken);
        if (start.Stream is not { } stream)
        {
            return NestedOutput.Text("The stream was not started. " + start.Refusal, isError: true);
        }

        var buffer = Utf8Buffer.Rent();
        var started = new ObjectCopy(buffer);
        started.Begin("stream_id"u8);
        JsonText.Write(buffer, stream.Id);
        started.End();
        return NestedOutput.Structured(buffer);
    }

    private static string? Read(NestedRun run, out (string Tool, byte[] Arguments) call, out int priority)
    {
        var arguments = new StreamArguments(run.Arguments.Span);
        call = (arguments.Text("tool"), arguments.Object("arguments"));
        priority = (int)(arguments.Integer("priority", 0, 9) ?? UsualPriority);
        return arguments.Fault is { } fault ? $"Invalid arguments for tool 'hub_stream_start': {fault}"
            : run.View.FindTool(JsonText.Encode(call.Tool)) is null ? $"Unknown tool: {call.Tool}"
            : null;
    }

    private static async ValueTask<StreamOutcome> CallAsync(
        NestedRun run, (string Tool, byte[] Arguments) call, IClientStream parts, CancellationToken cancellationToken)
    {
        using var result = await run.CallAsync(new NestedCall(call.Tool, call.Arguments) { Progress = parts }, cancellationToken);
        return !result.IsError ? new StreamOutcome(true, result.Json.ToArray())
            : result.Failure is null ? new StreamOutcome(false, result.Json.ToArray())
            : StreamOutcome.Failed(result.Failure.Kind, result.ErrorText);
    }
}
