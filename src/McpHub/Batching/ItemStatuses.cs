namespace McpHub.Batching;

/// <summary>How statuses are written, in results and in metrics.</summary>
internal static class ItemStatuses
{
    public static string Text(this ItemStatus status) => status switch
    {
        ItemStatus.Succeeded => "succeeded",
        ItemStatus.ToolError => "tool_error",
        ItemStatus.Failed => "failed",
        ItemStatus.Invalid => "invalid",
        ItemStatus.Skipped => "skipped",
        ItemStatus.TimedOut => "timed_out",
        ItemStatus.Cancelled => "cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "A status without a text."),
    };
}
