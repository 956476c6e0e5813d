namespace McpHub.Configuration.Reading;

/// <summary>The <c>gateway.sessions</c> section.</summary>
internal static class SessionsSection
{
    public static SessionsConfig Read(SectionReader? section)
    {
        var defaults = new SessionsConfig();
        if (section is null)
        {
            return defaults;
        }

        var sessions = defaults with
        {
            Idle = section.Duration("idle", Limits.MinIdle, Limits.MaxIdle) ?? defaults.Idle,
            Max = section.Integer("max", Limits.MinSessions, Limits.MaxSessions) ?? defaults.Max,
        };
        section.Finish();
        return sessions;
    }
}
