using McpHub.Configuration;
using McpHub.NativeTools;
using McpHub.Pipeline.Nested;
using McpHub.Protocol;

namespace McpHub.Streaming;

/// <summary><c>hub_stream_cancel</c>: ends a stream that nobody wants any more.</summary>
internal sealed class StreamCancelTool(StreamRegistry streams) : IGatewayTool
{
    public string Definition => StreamToolDefinitions.Cancel;

    public string Category => StreamToolDefinitions.Category;

    public bool IsOffered(GatewayConfig gateway) => gateway.Streams.Enabled;

    public Task<NestedOutput> RunAsync(NestedRun run, CancellationToken cancellationToken)
    {
        var arguments = new StreamArguments(run.Arguments.Span);
        var id = arguments.Text("stream_id");
        if (arguments.Fault is { } fault)
        {
            return Task.FromResult(NestedOutput.Text($"Invalid arguments for tool 'hub_stream_cancel': {fault}", isError: true));
        }

        if (streams.Find(id, run.Caller.Key) is not { } stream)
        {
            return Task.FromResult(NestedOutput.Text(StreamToolDefinitions.Unknown, isError: true));
        }

        var buffer = Utf8Buffer.Rent();
        var cancelled = new ObjectCopy(buffer);
        cancelled.Member("was_running"u8, streams.Cancel(stream) ? "true"u8 : "false"u8);
        cancelled.End();
        return Task.FromResult(NestedOutput.Structured(buffer));
    }
}
