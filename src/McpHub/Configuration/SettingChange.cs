namespace McpHub.Configuration;

/// <summary>A setting of the gateway that differs.</summary>
public sealed record SettingChange
{
    /// <summary>The setting, for example <c>gateway.naming.prefix</c>.</summary>
    public required string Setting { get; init; }

    /// <summary>The old value as the file would give it; <see langword="null"/> where it is not shown.</summary>
    public string? Old { get; init; }

    /// <summary>The new value as the file would give it; <see langword="null"/> where it is not shown.</summary>
    public string? New { get; init; }

    /// <summary>Whether it takes effect only when the gateway is started again.</summary>
    public required bool NeedsRestart { get; init; }

    /// <summary>The change as one line, <c>~ gateway.naming.prefix: always -> never</c>.</summary>
    public override string ToString()
    {
        var change = Old is null || New is null ? $"~ {Setting}" : $"~ {Setting}: {Old} -> {New}";
        return NeedsRestart ? $"{change} (after a restart)" : change;
    }
}
