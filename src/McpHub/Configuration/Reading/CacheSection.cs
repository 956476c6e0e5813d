using McpHub.Configuration.Rules;

namespace McpHub.Configuration.Reading;

/// <summary>The <c>gateway.cache</c> section.</summary>
internal static class CacheSection
{
    private static readonly Dictionary<string, CacheScope> Scopes = new(StringComparer.Ordinal)
    {
        ["caller"] = CacheScope.Caller,
        ["shared"] = CacheScope.Shared,
    };

    public static CacheConfig Read(SectionReader? section)
    {
        var defaults = new CacheConfig();
        if (section is null)
        {
            return defaults;
        }

        var cache = defaults with
        {
            Enabled = section.Flag("enabled") ?? defaults.Enabled,
            MaxBytes = section.Size("maxBytes") ?? defaults.MaxBytes,
            MaxEntryBytes = section.Size("maxEntryBytes") ?? defaults.MaxEntryBytes,
            Resources = section.Flag("resources") ?? defaults.Resources,
            Tools = ReadTools(section.Section("tools")),
            Invalidates = ReadInvalidates(section.Section("invalidates")),
            Warm = ReadWarm(section),
            IgnoredMeta = section.Texts("ignoredMeta", TextRules.NotEmpty) ?? defaults.IgnoredMeta,
            AllowBypass = section.Flag("allowBypass") ?? defaults.AllowBypass,
            InvalidationPath = section.Text("invalidationPath", EndpointPathRule.Check),
        };
        section.Finish();
        return cache;
    }

    private static OrderedDictionary<string, CacheToolConfig> ReadTools(SectionReader? section)
    {
        var tools = new OrderedDictionary<string, CacheToolConfig>(StringComparer.Ordinal);
        foreach (var member in section?.Node.Members ?? [])
        {
            CheckPattern(section!, member);
            if (SectionReader.Open(member.Node, section!.Context) is { } tool)
            {
                tools.Add(member.Name, ReadTool(tool));
            }
        }

        return tools;
    }

    private static CacheToolConfig ReadTool(SectionReader section)
    {
        var defaults = new CacheToolConfig();
        var tool = defaults with
        {
            Enabled = section.Flag("enabled") ?? defaults.Enabled,
            Ttl = section.Duration("ttl") ?? defaults.Ttl,
            Scope = section.Choice("scope", Scopes) ?? defaults.Scope,
            Tags = section.Texts("tags", CacheTagRule.Check) ?? defaults.Tags,
            StaleWhileRevalidate = section.Duration("staleWhileRevalidate"),
            StaleIfError = section.Duration("staleIfError"),
            MaxEntryBytes = section.Size("maxEntryBytes"),
            RefreshAhead = section.Flag("refreshAhead") ?? defaults.RefreshAhead,
            RequireReadOnlyHint = section.Flag("requireReadOnlyHint") ?? defaults.RequireReadOnlyHint,
        };
        section.Finish();
        return tool;
    }

    private static OrderedDictionary<string, IReadOnlyList<string>> ReadInvalidates(SectionReader? section)
    {
        var invalidates = new OrderedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var member in section?.Node.Members ?? [])
        {
            CheckPattern(section!, member);
            invalidates.Add(member.Name, section!.Texts(member.Name, CacheTagRule.Check) ?? []);
        }

        return invalidates;
    }

    private static List<CacheWarmConfig> ReadWarm(SectionReader section)
    {
        var warm = new List<CacheWarmConfig>();
        if (section.Take("warm") is not { } node)
        {
            return warm;
        }

        if (node.Kind is not System.Text.Json.JsonValueKind.Array)
        {
            section.Error("warm", new Problem("is not an array", "Write an array of {\"tool\": …, \"arguments\": {…}}."));
            return warm;
        }

        foreach (var call in node.Items.Select(item => SectionReader.Open(item, section.Context)).OfType<SectionReader>())
        {
            if (call.Take("tool") is null)
            {
                call.Error(new Problem("names no tool", "Add \"tool\", the name that clients call."));
            }

            var tool = call.Text("tool", TextRules.NotEmpty);
            var arguments = call.Section("arguments");
            call.Finish();
            if (tool is not null)
            {
                warm.Add(new CacheWarmConfig(tool, arguments is null ? "{}" : ConfigJson.Of(arguments.Node)));
            }
        }

        return warm;
    }

    private static void CheckPattern(SectionReader section, ConfigMember member)
    {
        if (string.IsNullOrWhiteSpace(member.Name))
        {
            section.Context.Issues.Error(member.Node, new Problem("the pattern is empty", "Write a tool's name, or a pattern such as \"get_*\"."));
        }
    }
}
