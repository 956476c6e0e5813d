using System.Diagnostics.Metrics;
using McpHub.Observability;

namespace McpHub.Streaming;

/// <summary>What is counted of streams, by tool.</summary>
internal sealed class StreamMetrics
{
    private readonly Counter<long> _started;
    private readonly Counter<long> _completed;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _cancelled;
    private readonly Counter<long> _paused;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _warnings;
    private readonly Histogram<double> _duration;

    public StreamMetrics(McpMetrics metrics)
    {
        _started = metrics.Counter("mcphub.stream.started", "{stream}", "The streams that were started.");
        _completed = metrics.Counter("mcphub.stream.completed", "{stream}", "The streams whose tool has given its result.");
        _failed = metrics.Counter("mcphub.stream.failed", "{stream}", "The streams that ended without a result.");
        _cancelled = metrics.Counter("mcphub.stream.cancelled", "{stream}", "The streams that were cancelled, or whose reader has gone.");
        _paused = metrics.Counter("mcphub.stream.paused", "{pause}", "How often a tool had to wait for the reader of its stream.");
        _bytes = metrics.Counter("mcphub.stream.bytes", "By", "The bytes of the parts that tools gave (in), and that readers got (out).");
        _warnings = metrics.Counter("mcphub.stream.warnings", "{warning}", "How often a stream, or all together, came to nine tenths of their bytes.");
        _duration = metrics.Histogram("mcphub.stream.duration", "s", "The time from the start of a stream to its end.");
    }

    public void Started(string tool) => _started.Add(1, Tool(tool));

    public void Ended(string tool, StreamStatus status, TimeSpan duration)
    {
        (status switch
        {
            StreamStatus.Completed => _completed,
            StreamStatus.Cancelled => _cancelled,
            _ => _failed,
        }).Add(1, Tool(tool));
        _duration.Record(duration.TotalSeconds, Tool(tool));
    }

    public void Paused(string tool) => _paused.Add(1, Tool(tool));

    public void In(string tool, long bytes) => _bytes.Add(bytes, Tool(tool), new("mcphub.stream.direction", "in"));

    public void Out(string tool, long bytes) => _bytes.Add(bytes, Tool(tool), new("mcphub.stream.direction", "out"));

    public void Warned(string tool, string scope) => _warnings.Add(1, Tool(tool), new("mcphub.stream.scope", scope));

    public static KeyValuePair<string, object?> Tool(string tool) => new("gen_ai.tool.name", tool);
}
