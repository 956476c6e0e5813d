using McpHub.Configuration.Rules;

namespace McpHub.Configuration.Reading;

/// <summary>The <c>gateway</c> section. What is absent or wrong keeps its default, so that the reading goes on.</summary>
internal static class GatewaySection
{
    public static GatewayConfig Read(SectionReader? section)
    {
        var defaults = new GatewayConfig();
        if (section is null)
        {
            return defaults;
        }

        // First, because it decides which addresses may be listened on.
        var auth = AuthSection.Read(section.Section("auth"));
        var gateway = defaults with
        {
            Name = section.Text("name", TextRules.Label) ?? defaults.Name,
            Instructions = section.Text("instructions", TextRules.NotEmpty),
            Http = HttpSection.Read(section.Section("http"), auth),
            Auth = auth,
            Naming = NamingSection.Read(section.Section("naming")),
            BuiltInTools = section.Flag("builtInTools") ?? defaults.BuiltInTools,
            Packs = section.Texts("packs", ToolPackRule.Check) ?? defaults.Packs,
            PageSize = section.Integer("pageSize", Limits.MinPageSize, Limits.MaxPageSize) ?? defaults.PageSize,
            Timeouts = TimeoutsSection.Read(section.Section("timeouts")),
            Sizes = SizesSection.Read(section.Section("sizes")),
            Sessions = SessionsSection.Read(section.Section("sessions")),
            Policy = PolicySection.Read(section.Section("policy")),
            Limits = LimitsSection.Read(section.Section("limits")),
            Audit = AuditSection.Read(section.Section("audit")),
            State = StateSection.Read(section.Section("state")),
            Cache = CacheSection.Read(section.Section("cache")),
            Batch = BatchSection.Read(section.Section("batch")),
            Streams = StreamsSection.Read(section.Section("streams")),
            Compositions = CompositionsSection.Read(section, out var compositionsFolder),
            CompositionsFolder = compositionsFolder,
            CallerCompositions = CallerCompositionsSection.Read(section.Section("callerCompositions")),
            Telemetry = TelemetrySection.Read(section.Section("telemetry")),
        };
        CheckPaths(section, gateway);
        section.Finish();
        return gateway;
    }

    private static void CheckPaths(SectionReader section, GatewayConfig gateway)
    {
        if (gateway.Cache.InvalidationPath is { } path && (path + "/").StartsWith(gateway.Http.Path + "/", StringComparison.OrdinalIgnoreCase))
        {
            section.Context.Issues.Error(section.Node["cache"]!["invalidationPath"]!, new Problem(
                $"lies at or below {gateway.Http.Path}, where MCP is served", "Choose another path."), IssueValue.Of(section.Node["cache"]!["invalidationPath"]!));
        }
    }
}
