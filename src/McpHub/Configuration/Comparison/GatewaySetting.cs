namespace McpHub.Configuration.Comparison;

/// <summary>
/// A setting of the gateway: its path in the file, its value as text that differs whenever the value does, and how to treat
/// it.
/// </summary>
internal sealed record GatewaySetting(string Path, Func<GatewayConfig, string> Text)
{
    /// <summary>Whether the value is read only at the start.</summary>
    public bool NeedsRestart { get; init; }

    /// <summary>Whether the value must not be shown.</summary>
    public bool IsSecret { get; init; }
}
