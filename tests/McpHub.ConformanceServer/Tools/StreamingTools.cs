using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpHub.ConformanceServer.Tools;

/// <summary>Tools that say something before their result, or whose result outlives the stream it was asked on.</summary>
internal static class StreamingTools
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    /// <summary>The first revision in which a server may close a stream and have the client come back for the rest.</summary>
    private const string FirstRevisionWithPolling = "2025-11-25";

    public static FixtureTool Progress { get; } =
        new("test_tool_with_progress", "Reports 0, 50 and 100 of 100 before its result.", ProgressAsync);

    public static FixtureTool Logging { get; } =
        new("test_tool_with_logging", "Logs three messages at level info before its result.", LogAsync);

    public static FixtureTool Reconnection { get; } =
        new("test_reconnection", "Closes its response stream and leaves the result for the client to come back for.", ReconnectAsync);

    private static async ValueTask<CallToolResult> ProgressAsync(
        RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        float[] steps = [0, 50, 100];
        foreach (var progress in steps)
        {
            if (request.Params.ProgressToken is { } token)
            {
                var value = new ProgressNotificationValue { Progress = progress, Total = 100, Message = $"Step {progress} of 100" };
                await request.Server.NotifyProgressAsync(token, value, cancellationToken: cancellationToken);
            }

            await Task.Delay(Pace, cancellationToken);
        }

        return ToolOutput.Text("Progress is complete.");
    }

    private static async ValueTask<CallToolResult> LogAsync(
        RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        string[] messages = ["Tool execution started", "Tool processing data", "Tool execution completed"];
        foreach (var message in messages)
        {
            await ClientLog.InfoAsync(request, message, cancellationToken);
            await Task.Delay(Pace, cancellationToken);
        }

        return ToolOutput.Text("Three messages were logged.");
    }

    private static async ValueTask<CallToolResult> ReconnectAsync(
        RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        var canPoll = request.JsonRpcRequest.Context?.RelatedTransport is not null
            && !Revisions.IsModern(request)
            && string.CompareOrdinal(request.Server.NegotiatedProtocolVersion, FirstRevisionWithPolling) >= 0;
        if (canPoll)
        {
            await request.EnablePollingAsync(TimeSpan.FromMilliseconds(500), cancellationToken);
        }

        await Task.Delay(Pace, cancellationToken);
        return ToolOutput.Text("Reconnection test completed successfully.");
    }
}
