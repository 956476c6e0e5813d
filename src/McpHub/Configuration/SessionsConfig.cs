namespace McpHub.Configuration;

/// <summary>The <c>gateway.sessions</c> section.</summary>
public sealed record SessionsConfig
{
    /// <summary>How long a session lives without a request.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromHours(2);

    /// <summary>The most sessions at once; one more is refused.</summary>
    public int Max { get; init; } = 100_000;
}
