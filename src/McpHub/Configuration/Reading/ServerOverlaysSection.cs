using McpHub.Configuration.Rules;

namespace McpHub.Configuration.Reading;

/// <summary>The <c>gateway.servers</c> section.</summary>
internal static class ServerOverlaysSection
{
    public static IReadOnlyDictionary<string, ServerOverlay> Read(SectionReader? section)
    {
        var overlays = new Dictionary<string, ServerOverlay>(StringComparer.Ordinal);
        foreach (var member in section?.Node.Members ?? [])
        {
            if (SectionReader.Open(member.Node, section!.Context) is { } server)
            {
                overlays.Add(member.Name, ReadServer(server));
            }
        }

        return overlays;
    }

    private static ServerOverlay ReadServer(SectionReader section)
    {
        var tools = section.Section("tools");
        var overlay = new ServerOverlay(section.Node)
        {
            IsDisabled = section.Flag("disabled") ?? false,
            Prefix = section.Text("prefix", NameParts.Prefix),
            Include = section.Texts("include", TextRules.NotEmpty) ?? [],
            Exclude = section.Texts("exclude", TextRules.NotEmpty) ?? [],
            Category = section.Text("category", TextRules.Label),
            Tags = section.Texts("tags", TextRules.Label) ?? [],
            Timeout = section.Duration("timeout"),
            Tools = ReadTools(tools),
            Renames = [.. (tools?.Node.Members ?? []).Select(tool => tool.Node["name"]).OfType<ConfigNode>()],
        };
        section.Finish();
        return overlay;
    }

    private static Dictionary<string, ToolConfig> ReadTools(SectionReader? section)
    {
        var tools = new Dictionary<string, ToolConfig>(StringComparer.Ordinal);
        foreach (var member in section?.Node.Members ?? [])
        {
            if (member.Name.Length == 0)
            {
                section!.Context.Issues.Error(member.Node, new Problem(
                    "the name of the tool is empty",
                    "Write the tool's name at its server."));
            }

            if (SectionReader.Open(member.Node, section!.Context) is { } tool)
            {
                tools.Add(member.Name, ReadTool(tool));
            }
        }

        return tools;
    }

    private static ToolConfig ReadTool(SectionReader section)
    {
        var tool = new ToolConfig
        {
            Name = section.Text("name", NameParts.ToolName),
            Description = section.Text("description", TextRules.NotEmpty),
            Category = section.Text("category", TextRules.Label),
            Tags = section.Texts("tags", TextRules.Label) ?? [],
            Timeout = section.Duration("timeout"),
            Bulk = BatchSection.ReadBulk(section.Section("bulk")),
        };
        section.Finish();
        return tool;
    }
}
