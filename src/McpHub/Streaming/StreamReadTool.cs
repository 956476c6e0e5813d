using McpHub.Configuration;
using McpHub.NativeTools;
using McpHub.Pipeline.Nested;
using McpHub.Protocol;

namespace McpHub.Streaming;

/// <summary><c>hub_stream_read</c>: gives the next parts of a stream, and its result at the end.</summary>
internal sealed class StreamReadTool(StreamRegistry streams) : IGatewayTool
{
    private const int UsualBytes = 64 * 1024;
    private const int MostBytes = 4 * 1024 * 1024;
    private const int UsualWait = 5_000;
    private const int LongestWait = 60_000;

    public string Definition => StreamToolDefinitions.Read;

    public string Category => StreamToolDefinitions.Category;

    public bool IsOffered(GatewayConfig gateway) => gateway.Streams.Enabled;

    public async Task<NestedOutput> RunAsync(NestedRun run, CancellationToken cancellationToken)
    {
        if (Read(run, out var id, out var offset, out var mostBytes, out var wait) is { } fault)
        {
            return NestedOutput.Text(fault, isError: true);
        }

        if (streams.Find(id, run.Caller.Key) is not { } stream)
        {
            return NestedOutput.Text(StreamToolDefinitions.Unknown, isError: true);
        }

        try
        {
            var page = await streams.ReadAsync(stream, offset, mostBytes, wait, cancellationToken);
            var buffer = Utf8Buffer.Rent();
            page.Write(buffer);
            return NestedOutput.Structured(buffer);
        }
        catch (StreamOffsetException e)
        {
            return NestedOutput.Text($"Invalid arguments for tool 'hub_stream_read': {e.Message}", isError: true);
        }
    }

    private static string? Read(NestedRun run, out string id, out long? offset, out int mostBytes, out TimeSpan wait)
    {
        var arguments = new StreamArguments(run.Arguments.Span);
        id = arguments.Text("stream_id");
        offset = arguments.Integer("offset", 0, long.MaxValue);
        mostBytes = (int)(arguments.Integer("max_bytes", 1, MostBytes) ?? UsualBytes);
        wait = TimeSpan.FromMilliseconds(arguments.Integer("wait_ms", 0, LongestWait) ?? UsualWait);
        return arguments.Fault is { } fault ? $"Invalid arguments for tool 'hub_stream_read': {fault}" : null;
    }
}
