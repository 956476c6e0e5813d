using McpHub.Configuration.Comparison;

namespace McpHub.Configuration;

/// <summary>What a reload changes, by value: which connections to open, close and keep, and which settings differ.</summary>
public sealed record ConfigurationDiff
{
    /// <summary>Servers that are new in the file.</summary>
    public required IReadOnlyList<UpstreamConfig> Added { get; init; }

    /// <summary>Servers that are gone from the file.</summary>
    public required IReadOnlyList<UpstreamConfig> Removed { get; init; }

    /// <summary>Servers that are reached in another way, or newly disabled or enabled: they need a new connection.</summary>
    public required IReadOnlyList<UpstreamChange> Changed { get; init; }

    /// <summary>
    /// Servers of which only the presentation differs (prefix, patterns, tools, category, timeout): the connection is kept.
    /// </summary>
    public required IReadOnlyList<UpstreamChange> Presented { get; init; }

    /// <summary>Servers that are the same in every respect.</summary>
    public required IReadOnlyList<UpstreamConfig> Unchanged { get; init; }

    /// <summary>Whether the servers that stay come in another order, which decides conflicts of names.</summary>
    public required bool IsReordered { get; init; }

    /// <summary>The gateway's own settings that differ.</summary>
    public required IReadOnlyList<SettingChange> Gateway { get; init; }

    /// <summary>Whether nothing differs.</summary>
    public bool IsEmpty =>
        Added.Count + Removed.Count + Changed.Count + Presented.Count + Gateway.Count == 0 && !IsReordered;

    /// <summary>The settings that take effect only when the gateway is started again.</summary>
    public IEnumerable<SettingChange> NeedRestart => Gateway.Where(change => change.NeedsRestart);

    /// <summary>Compares two configurations.</summary>
    public static ConfigurationDiff Between(HubConfig old, HubConfig @new)
    {
        ArgumentNullException.ThrowIfNull(old);
        ArgumentNullException.ThrowIfNull(@new);
        var before = old.Upstreams.ToDictionary(upstream => upstream.Name, StringComparer.Ordinal);
        var after = @new.Upstreams.ToDictionary(upstream => upstream.Name, StringComparer.Ordinal);
        var changes = @new.Upstreams
            .Where(upstream => before.ContainsKey(upstream.Name))
            .Select(upstream => UpstreamSettings.Compare(before[upstream.Name], upstream))
            .ToList();
        return new ConfigurationDiff
        {
            Added = [.. @new.Upstreams.Where(upstream => !before.ContainsKey(upstream.Name))],
            Removed = [.. old.Upstreams.Where(upstream => !after.ContainsKey(upstream.Name))],
            Changed = [.. changes.Where(change => change.NeedsConnection)],
            Presented = [.. changes.Where(change => !change.NeedsConnection && change.Settings.Count > 0)],
            Unchanged = [.. changes.Where(change => change.Settings.Count == 0).Select(change => change.New)],
            IsReordered = !old.Upstreams.Select(upstream => upstream.Name).Where(after.ContainsKey)
                .SequenceEqual(changes.Select(change => change.New.Name)),
            Gateway = GatewaySettings.Compare(old.Gateway, @new.Gateway),
        };
    }

    /// <summary>One line for each difference, without the values of <c>env</c> and <c>headers</c>; empty when there is none.</summary>
    public override string ToString()
    {
        var lines = Added.Select(upstream => $"+ {upstream.Name}")
            .Concat(Removed.Select(upstream => $"- {upstream.Name}"))
            .Concat(Changed.Concat(Presented).Select(change => change.ToString()))
            .Concat(IsReordered ? ["~ order of the servers"] : [])
            .Concat(Gateway.Select(change => change.ToString()));
        return string.Join('\n', lines);
    }
}
