using McpHub.Configuration.Rules;

namespace McpHub.Configuration.Reading;

/// <summary>One entry of <c>mcpServers</c> or <c>servers</c>, together with what the gateway's section says about it.</summary>
internal static class ServerEntryReader
{
    public static UpstreamConfig? Read(ConfigMember server, ServerOverlay? overlay, ReadingContext context)
    {
        if (ServerNameRule.Check(server.Name) is { } problem)
        {
            context.Issues.Error(server.Node, problem);
        }

        if (SectionReader.Open(server.Node, context) is not { } section)
        {
            return null;
        }

        var disabled = (section.Flag("disabled") ?? false) || overlay is { IsDisabled: true };
        if (disabled)
        {
            section = SectionReader.Open(server.Node, context with { IsDisabledServer = true })!;
            section.Take("disabled");
        }

        var transport = TransportReader.Read(section);

        // VS Code's settings for developing a server mean nothing to a gateway, and nothing is lost without them.
        section.Take("dev");
        section.Finish(key => HintFor(key, server.Name));
        return transport is null ? null : new UpstreamConfig
        {
            Name = server.Name,
            Transport = transport,
            Disabled = disabled,
            Prefix = overlay?.Prefix,
            Include = overlay?.Include ?? [],
            Exclude = overlay?.Exclude ?? [],
            Category = overlay?.Category,
            Tags = overlay?.Tags ?? [],
            Timeout = overlay?.Timeout,
            Tools = overlay?.Tools ?? new Dictionary<string, ToolConfig>(),
        };
    }

    private static string? HintFor(string key, string server) => key switch
    {
        "prefix" or "include" or "exclude" or "category" or "tags" or "timeout" or "tools" =>
            $"Put it into {JsonPath.Member("$.gateway.servers", server)}, so that other programs can still read this entry.",
        "serverUrl" or "httpUrl" => "Name it url.",
        _ => null,
    };
}
