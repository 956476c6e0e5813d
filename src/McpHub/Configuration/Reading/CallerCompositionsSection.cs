namespace McpHub.Configuration.Reading;

/// <summary>The <c>gateway.callerCompositions</c> section.</summary>
internal static class CallerCompositionsSection
{
    public static CallerCompositionsConfig Read(SectionReader? section)
    {
        var defaults = new CallerCompositionsConfig();
        if (section is null)
        {
            return defaults;
        }

        var compositions = defaults with
        {
            Enabled = section.Flag("enabled") ?? defaults.Enabled,
            Shared = section.Flag("shared") ?? defaults.Shared,
            PerCaller = section.Integer("perCaller", 1, 1000) ?? defaults.PerCaller,
            Total = section.Integer("total", 1, 10_000) ?? defaults.Total,
        };
        section.Finish();
        return compositions;
    }
}
