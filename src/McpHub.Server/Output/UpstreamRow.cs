using System.Globalization;
using McpHub.Configuration;
using McpHub.Hosting;
using McpHub.Protocol;
using McpHub.Upstreams;

namespace McpHub.Server.Output;

/// <summary>One configured server as the commands show it.</summary>
/// <param name="Config">How it is configured.</param>
/// <param name="Upstream">How it is; <see langword="null"/> when it is disabled.</param>
internal sealed record UpstreamRow(UpstreamConfig Config, Upstream? Upstream)
{
    public string Transport => Config.Transport is StdioTransportConfig ? "stdio" : "http";

    public string Status => Upstream?.State.Status.ToString().ToLowerInvariant() ?? "disabled";

    public bool IsReady => Upstream?.State.Status == UpstreamStatus.Ready;

    /// <summary>Whether something is wrong with it; a server that is left out on purpose is not wrong.</summary>
    public bool IsDown => Upstream is not null && !IsReady;

    public string? Revision => IsReady ? Upstream!.State.Revision?.Text() : null;

    public string? Era => IsReady && Upstream!.State.Revision is { } revision ? revision.IsModern() ? "modern" : "legacy" : null;

    public string? ServerVersion => IsReady ? Upstream!.State.ServerVersion : null;

    public TimeSpan? StartTime => IsReady ? Upstream!.State.StartTime : null;

    public string? Reason => !IsDown ? null
        : Upstream!.State.Reason ?? (Upstream.State.Status == UpstreamStatus.Connecting ? "It is still being connected." : null);

    public int? Tools => IsReady ? Upstream!.Offer?.Tools.Count : null;

    public int? Prompts => IsReady ? Upstream!.Offer?.Prompts.Count : null;

    public int? Resources => IsReady ? Upstream!.Offer?.Resources.Count + Upstream!.Offer?.ResourceTemplates.Count : null;

    /// <summary>All of them, in the order of the configuration.</summary>
    public static UpstreamRow[] Of(HubConfig config, HubRuntime runtime)
    {
        var upstreams = runtime.Upstreams.ToDictionary(u => u.Name);
        return [.. config.Upstreams.Select(c => new UpstreamRow(c, c.Disabled ? null : upstreams.GetValueOrDefault(c.Name)))];
    }

    public static string Seconds(TimeSpan? time) =>
        time is { } value ? string.Create(CultureInfo.InvariantCulture, $"{value.TotalSeconds:0.00} s") : "";
}
