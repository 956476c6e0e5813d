namespace McpHub.Configuration;

/// <summary>The <c>gateway.timeouts</c> section. Every value is at least one millisecond.</summary>
public sealed record TimeoutsConfig
{
    /// <summary>For an upstream to start and to open its session.</summary>
    public TimeSpan Start { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For the answer to the probe that tells a server's era.</summary>
    public TimeSpan Probe { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For a call, where neither its server nor its tool says otherwise.</summary>
    public TimeSpan Call { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>For a client, and perhaps a human behind it, to answer what a server asks during a call.</summary>
    public TimeSpan Input { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>For running calls to end when the gateway shuts down or an upstream is replaced.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(10);
}
