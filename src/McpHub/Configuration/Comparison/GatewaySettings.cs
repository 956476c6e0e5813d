using System.Globalization;
using McpHub.Configuration.Reading;

namespace McpHub.Configuration.Comparison;

/// <summary>Every setting of the gateway. A test walks the records, so that none is missing here.</summary>
internal static class GatewaySettings
{
    public static IReadOnlyList<GatewaySetting> All { get; } =
    [
        new("gateway.name", gateway => ValueText.Of(gateway.Name)),
        new("gateway.instructions", gateway => ValueText.Of(gateway.Instructions)),
        new("gateway.http.url", gateway => ValueText.Of(gateway.Http.Url)) { NeedsRestart = true },
        new("gateway.http.path", gateway => ValueText.Of(gateway.Http.Path)) { NeedsRestart = true },
        new("gateway.http.allowRemote", gateway => ValueText.Of(gateway.Http.AllowRemote)),
        new("gateway.http.allowedOrigins", gateway => ValueText.Of(gateway.Http.AllowedOrigins)),
        new("gateway.http.allowedHosts", gateway => ValueText.Of(gateway.Http.AllowedHosts)),
        new("gateway.http.sse", gateway => ValueText.Of(gateway.Http.Sse)),
        new("gateway.naming.prefix", gateway => ValueText.Of(gateway.Naming.Prefix)),
        new("gateway.naming.separator", gateway => ValueText.Of(gateway.Naming.Separator)),
        new("gateway.builtInTools", gateway => ValueText.Of(gateway.BuiltInTools)),
        new("gateway.pageSize", gateway => gateway.PageSize.ToString(CultureInfo.InvariantCulture)),
        new("gateway.timeouts.start", gateway => DurationParser.Format(gateway.Timeouts.Start)),
        new("gateway.timeouts.probe", gateway => DurationParser.Format(gateway.Timeouts.Probe)),
        new("gateway.timeouts.call", gateway => DurationParser.Format(gateway.Timeouts.Call)),
        new("gateway.timeouts.input", gateway => DurationParser.Format(gateway.Timeouts.Input)),
        new("gateway.timeouts.drain", gateway => DurationParser.Format(gateway.Timeouts.Drain)),
        new("gateway.sizes.request", gateway => SizeParser.Format(gateway.Sizes.Request)),
        new("gateway.sizes.response", gateway => SizeParser.Format(gateway.Sizes.Response)),
        new("gateway.sessions.idle", gateway => DurationParser.Format(gateway.Sessions.Idle)),
        new("gateway.sessions.max", gateway => gateway.Sessions.Max.ToString(CultureInfo.InvariantCulture)),
        new("gateway.state.path", gateway => ValueText.Of(gateway.State.Path)) { NeedsRestart = true },
        new("gateway.cache.enabled", gateway => ValueText.Of(gateway.Cache.Enabled)),
        new("gateway.cache.maxBytes", gateway => SizeParser.Format(gateway.Cache.MaxBytes)),
        new("gateway.cache.maxEntryBytes", gateway => SizeParser.Format(gateway.Cache.MaxEntryBytes)),
        new("gateway.cache.resources", gateway => ValueText.Of(gateway.Cache.Resources)),
        new("gateway.cache.tools", gateway => CacheText.Of(gateway.Cache.Tools)),
        new("gateway.cache.invalidates", gateway => CacheText.Of(gateway.Cache.Invalidates)),
        new("gateway.cache.warm", gateway => CacheText.Of(gateway.Cache.Warm)),
        new("gateway.cache.ignoredMeta", gateway => ValueText.Of(gateway.Cache.IgnoredMeta)),
        new("gateway.cache.allowBypass", gateway => ValueText.Of(gateway.Cache.AllowBypass)),
        new("gateway.cache.invalidationPath", gateway => ValueText.Of(gateway.Cache.InvalidationPath)) { NeedsRestart = true },
        new("gateway.telemetry.prometheus", gateway => ValueText.Of(gateway.Telemetry.Prometheus)) { NeedsRestart = true },
        new("gateway.telemetry.otlp.endpoint", gateway => ValueText.Of(gateway.Telemetry.Otlp?.Endpoint)) { NeedsRestart = true },
        new("gateway.telemetry.otlp.protocol", gateway => ValueText.Of(gateway.Telemetry.Otlp?.Protocol)) { NeedsRestart = true },
        new("gateway.telemetry.otlp.headers", gateway => ValueText.Of(gateway.Telemetry.Otlp?.Headers))
        {
            NeedsRestart = true,
            IsSecret = true,
        },
    ];

    public static IReadOnlyList<SettingChange> Compare(GatewayConfig old, GatewayConfig @new) =>
    [
        .. from setting in All
           let before = setting.Text(old)
           let after = setting.Text(@new)
           where before != after
           select new SettingChange
           {
               Setting = setting.Path,
               Old = setting.IsSecret ? null : Show(before),
               New = setting.IsSecret ? null : Show(after),
               NeedsRestart = setting.NeedsRestart,
           },
    ];

    private static string Show(string text) => VisibleText.Of(IssueValue.WithoutCredentials(text));
}
