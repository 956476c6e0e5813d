using McpHub.Protocol;
using Microsoft.Extensions.Logging;

namespace McpHub.Streaming;

/// <summary>What all streams share.</summary>
internal sealed partial class StreamServices(StreamMetrics metrics, TimeProvider time, ILogger<StreamServices> logger)
{
    public StreamBudget Budget { get; } = new();

    public StreamMetrics Metrics { get; } = metrics;

    public TimeProvider Time { get; } = time;

    public void WarnOfStream(string tool, long held, long most)
    {
        Metrics.Warned(tool, "stream");
        LogStreamFilling(logger, LogText.Clean(tool), held, most);
    }

    public void WarnOfAll(string tool)
    {
        Metrics.Warned(tool, "all");
        LogAllFilling(logger, Budget.Taken, Budget.Limit, Budget.Held);
    }

    public void ReportFailed(Exception exception, string tool) => LogFailed(logger, exception, LogText.Clean(tool));

    public void ReportCancelFailed(Exception exception, string tool) => LogCancelFailed(logger, exception, LogText.Clean(tool));

    [LoggerMessage(240, LogLevel.Warning, "A stream of the tool '{Tool}' holds {Held} of the {Most} bytes that one stream may (gateway.streams.maxBytes): its reader is slower than the tool, which cannot be paused.")]
    private static partial void LogStreamFilling(ILogger logger, string tool, long held, long most);

    [LoggerMessage(241, LogLevel.Warning, "All streams have taken {Taken} of the {Most} bytes that they may together (gateway.streams.maxTotalBytes), and hold {Held}: one that runs takes what it may fill before it is paused (highWatermark).")]
    private static partial void LogAllFilling(ILogger logger, long taken, long most, long held);

    [LoggerMessage(242, LogLevel.Error, "A stream of the tool '{Tool}' failed in a way that it should not have.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string tool);

    [LoggerMessage(243, LogLevel.Warning, "The tool '{Tool}' failed when the call of its stream was cancelled.")]
    private static partial void LogCancelFailed(ILogger logger, Exception exception, string tool);
}
