using McpHub.Configuration.Rules;

namespace McpHub.Configuration.Reading;

/// <summary>The <c>gateway.streams</c> section.</summary>
internal static class StreamsSection
{
    public static StreamsConfig Read(SectionReader? section)
    {
        var defaults = new StreamsConfig();
        if (section is null)
        {
            return defaults;
        }

        var streams = defaults with
        {
            Enabled = section.Flag("enabled") ?? defaults.Enabled,
            MaxActive = section.Integer("maxActive", 1, Limits.MaxStreams) ?? defaults.MaxActive,
            MaxPerCaller = section.Integer("maxPerCaller", 1, Limits.MaxStreams) ?? defaults.MaxPerCaller,
            Queue = section.Integer("queue", 0, Limits.MaxStreams) ?? defaults.Queue,
            Wait = section.Duration("wait") ?? defaults.Wait,
            HighWatermark = section.Size("highWatermark") ?? defaults.HighWatermark,
            LowWatermark = section.Size("lowWatermark") ?? defaults.LowWatermark,
            MaxBytes = section.Size("maxBytes") ?? defaults.MaxBytes,
            MaxTotalBytes = section.Size("maxTotalBytes") ?? defaults.MaxTotalBytes,
            IdleTimeout = section.Duration("idleTimeout") ?? defaults.IdleTimeout,
            TotalTimeout = section.Duration("totalTimeout") ?? defaults.TotalTimeout,
            Retention = section.Duration("retention") ?? defaults.Retention,
        };
        StreamSizesRule.Check(section, streams);
        section.Finish();
        return streams;
    }
}
