namespace McpHub.Protocol;

/// <summary>The wire names of <see cref="McpLogLevel"/>.</summary>
internal static class McpLogLevels
{
    private static readonly string[] Names = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];

    public static string Text(this McpLogLevel level) => Names[(int)level];

    /// <summary>Reads a level from a JSON string with its quotes.</summary>
    public static bool TryParse(ReadOnlySpan<byte> json, out McpLogLevel level)
    {
        var index = Array.IndexOf(Names, JsonText.Decode(json));
        level = (McpLogLevel)Math.Max(index, 0);
        return index >= 0;
    }
}
