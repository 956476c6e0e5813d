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
        new("gateway.auth.resource", gateway => ValueText.Of(gateway.Auth.Resource)),
        new("gateway.auth.issuers", gateway => AuthText.Of(gateway.Auth.Issuers)) { IsSecret = true },
        new("gateway.auth.apiKeys", gateway => AuthText.Of(gateway.Auth.ApiKeys)) { IsSecret = true },
        new("gateway.auth.apiKeyPrefix", gateway => ValueText.Of(gateway.Auth.ApiKeyPrefix)),
        new("gateway.auth.scopes", gateway => ValueText.Of(gateway.Auth.Scopes)),
        new("gateway.auth.clockSkew", gateway => DurationParser.Format(gateway.Auth.ClockSkew)),
        new("gateway.auth.keyRefresh", gateway => DurationParser.Format(gateway.Auth.KeyRefresh)),
        new("gateway.auth.rememberedTokens", gateway => gateway.Auth.RememberedTokens.ToString(CultureInfo.InvariantCulture)),
        new("gateway.auth.stdio.subject", gateway => ValueText.Of(gateway.Auth.Stdio.Subject)),
        new("gateway.auth.stdio.roles", gateway => ValueText.Of(gateway.Auth.Stdio.Roles)),
        new("gateway.auth.stdio.scopes", gateway => ValueText.Of(gateway.Auth.Stdio.Scopes)),
        new("gateway.naming.prefix", gateway => ValueText.Of(gateway.Naming.Prefix)),
        new("gateway.naming.separator", gateway => ValueText.Of(gateway.Naming.Separator)),
        new("gateway.builtInTools", gateway => ValueText.Of(gateway.BuiltInTools)),
        new("gateway.packs", gateway => ValueText.Of(gateway.Packs)),
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
        new("gateway.policy.default", gateway => ValueText.Of(gateway.Policy.Default)),

        // Rules are many and long: that they differ is told, and the file says how.
        new("gateway.policy.rules", gateway => ValueText.Of(gateway.Policy.Rules)) { IsSecret = true },
        new("gateway.limits.partitions", gateway => gateway.Limits.Partitions.ToString(CultureInfo.InvariantCulture)),
        new("gateway.limits.rules", gateway => LimitText.Of(gateway.Limits.Rules)),
        new("gateway.limits.tiers", gateway => LimitText.Of(gateway.Limits.Tiers)),
        new("gateway.audit.enabled", gateway => ValueText.Of(gateway.Audit.Enabled)) { NeedsRestart = true },
        new("gateway.audit.path", gateway => ValueText.Of(gateway.Audit.Path)) { NeedsRestart = true },
        new("gateway.audit.mode", gateway => ValueText.Of(gateway.Audit.Mode)),
        new("gateway.audit.queue", gateway => gateway.Audit.Queue.ToString(CultureInfo.InvariantCulture)),
        new("gateway.audit.whenFull", gateway => ValueText.Of(gateway.Audit.WhenFull)),
        new("gateway.audit.fileSize", gateway => SizeParser.Format(gateway.Audit.FileSize)),
        new("gateway.audit.arguments", gateway => ValueText.Of(gateway.Audit.Arguments)),
        new("gateway.audit.redactNames", gateway => ValueText.Of(gateway.Audit.RedactNames)),
        new("gateway.audit.redactPatterns", gateway => ValueText.Of(gateway.Audit.RedactPatterns)),
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
        new("gateway.batch.enabled", gateway => ValueText.Of(gateway.Batch.Enabled)),
        new("gateway.batch.maxItems", gateway => gateway.Batch.MaxItems.ToString(CultureInfo.InvariantCulture)),
        new("gateway.batch.timeout", gateway => DurationParser.Format(gateway.Batch.Timeout)),
        new("gateway.batch.concurrency", gateway => gateway.Batch.Concurrency.ToString(CultureInfo.InvariantCulture)),
        new("gateway.batch.perBatch", gateway => gateway.Batch.PerBatch.ToString(CultureInfo.InvariantCulture)),
        new("gateway.batch.perServer", gateway => gateway.Batch.PerServer.ToString(CultureInfo.InvariantCulture)),
        new("gateway.batch.adaptive", gateway => ValueText.Of(gateway.Batch.Adaptive)),
        new("gateway.batch.maxWaiting", gateway => gateway.Batch.MaxWaiting.ToString(CultureInfo.InvariantCulture)),
        new("gateway.batch.ageing", gateway => DurationParser.Format(gateway.Batch.Ageing)),
        new("gateway.batch.maxResultBytes", gateway => SizeParser.Format(gateway.Batch.MaxResultBytes)),
        new("gateway.batch.microBatch.enabled", gateway => ValueText.Of(gateway.Batch.MicroBatch.Enabled)),
        new("gateway.batch.microBatch.maxBatchSize", gateway => gateway.Batch.MicroBatch.MaxBatchSize.ToString(CultureInfo.InvariantCulture)),
        new("gateway.batch.microBatch.maxWait", gateway => DurationParser.Format(gateway.Batch.MicroBatch.MaxWait)),
        new("gateway.streams.enabled", gateway => ValueText.Of(gateway.Streams.Enabled)),
        new("gateway.streams.maxActive", gateway => gateway.Streams.MaxActive.ToString(CultureInfo.InvariantCulture)),
        new("gateway.streams.maxPerCaller", gateway => gateway.Streams.MaxPerCaller.ToString(CultureInfo.InvariantCulture)),
        new("gateway.streams.queue", gateway => gateway.Streams.Queue.ToString(CultureInfo.InvariantCulture)),
        new("gateway.streams.wait", gateway => DurationParser.Format(gateway.Streams.Wait)),
        new("gateway.streams.highWatermark", gateway => SizeParser.Format(gateway.Streams.HighWatermark)),
        new("gateway.streams.lowWatermark", gateway => SizeParser.Format(gateway.Streams.LowWatermark)),
        new("gateway.streams.maxBytes", gateway => SizeParser.Format(gateway.Streams.MaxBytes)),
        new("gateway.streams.maxTotalBytes", gateway => SizeParser.Format(gateway.Streams.MaxTotalBytes)),
        new("gateway.streams.idleTimeout", gateway => DurationParser.Format(gateway.Streams.IdleTimeout)),
        new("gateway.streams.totalTimeout", gateway => DurationParser.Format(gateway.Streams.TotalTimeout)),
        new("gateway.streams.retention", gateway => DurationParser.Format(gateway.Streams.Retention)),

        // Definitions are long: that they differ is told, and the file says how.
        new("gateway.compositions", gateway => ValueText.Of(gateway.Compositions)) { IsSecret = true },
        new("gateway.compositionsFolder", gateway => ValueText.Of(gateway.CompositionsFolder)),
        new("gateway.callerCompositions.enabled", gateway => ValueText.Of(gateway.CallerCompositions.Enabled)),
        new("gateway.callerCompositions.shared", gateway => ValueText.Of(gateway.CallerCompositions.Shared)),
        new("gateway.callerCompositions.perCaller", gateway => gateway.CallerCompositions.PerCaller.ToString(CultureInfo.InvariantCulture)),
        new("gateway.callerCompositions.total", gateway => gateway.CallerCompositions.Total.ToString(CultureInfo.InvariantCulture)),
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
