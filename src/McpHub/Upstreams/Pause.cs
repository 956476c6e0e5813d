namespace McpHub.Upstreams;

/// <summary>How long to wait before the next try at a server that fails.</summary>
internal static class Pause
{
    /// <summary>Twice as long as before, up to a limit.</summary>
    public static TimeSpan Longer(TimeSpan pause, TimeSpan longest) => TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, longest.Ticks));
}
