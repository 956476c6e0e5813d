namespace McpHub.Testing;

/// <summary>How long tests wait for what is bound to come.</summary>
public static class Patience
{
    /// <summary>So long that a slow machine does not fail, and only a real hang does.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(90);
}
