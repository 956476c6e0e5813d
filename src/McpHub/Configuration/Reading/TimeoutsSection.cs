namespace McpHub.Configuration.Reading;

/// <summary>The <c>gateway.timeouts</c> section.</summary>
internal static class TimeoutsSection
{
    public static TimeoutsConfig Read(SectionReader? section)
    {
        var defaults = new TimeoutsConfig();
        if (section is null)
        {
            return defaults;
        }

        var timeouts = defaults with
        {
            Start = section.Duration("start") ?? defaults.Start,
            Probe = section.Duration("probe") ?? defaults.Probe,
            Call = section.Duration("call") ?? defaults.Call,
            Input = section.Duration("input") ?? defaults.Input,
            Drain = section.Duration("drain") ?? defaults.Drain,
        };
        section.Finish();
        return timeouts;
    }
}
