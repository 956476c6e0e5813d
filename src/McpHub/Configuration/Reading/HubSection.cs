using McpHub.Configuration.Rules;

namespace McpHub.Configuration.Reading;

/// <summary>The whole file.</summary>
internal static class HubSection
{
    private const string Claude = "mcpServers";
    private const string VsCode = "servers";

    public static HubConfig Read(SectionReader root)
    {
        var context = root.Context;

        // The gateway's section comes first, because it may say that a server is disabled.
        var gatewaySection = root.Section("gateway");
        var overlays = ServerOverlaysSection.Read(gatewaySection?.Section("servers"));
        var gateway = GatewaySection.Read(gatewaySection);

        var servers = new[] { root.Section(Claude), root.Section(VsCode) }
            .OfType<SectionReader>()
            .OrderBy(section => section.Node.Offset)
            .SelectMany(section => section.Node.Members)
            .ToList();
        ServerNameClashRule.Check(servers, context.Issues);
        CheckOverlaidServersExist(overlays, servers, context);
        PolicyServersRule.Check(gatewaySection?.Node["policy"], servers.Select(server => server.Name), context);

        var upstreams = servers
            .Select(server => ServerEntryReader.Read(server, overlays.GetValueOrDefault(server.Name), context))
            .OfType<UpstreamConfig>()
            .ToList();
        RenameClashRule.Check(overlays.Values.Where(overlay => !overlay.IsDisabled).SelectMany(overlay => overlay.Renames), context);

        WarnAboutInputs(root);
        root.Take("$schema");
        root.Finish();
        return new HubConfig { Upstreams = upstreams, Gateway = gateway };
    }

    private static void CheckOverlaidServersExist(
        IReadOnlyDictionary<string, ServerOverlay> overlays, List<ConfigMember> servers, ReadingContext context)
    {
        foreach (var (name, overlay) in overlays.Where(entry => !servers.Exists(server => server.Name == entry.Key)))
        {
            var mend = Spelling.Closest(name, servers.Select(server => server.Name)) is { } close
                ? $"Did you mean {VisibleText.Of(close)}?"
                : $"Define it under {Claude}, or remove these settings.";
            context.Issues.Error(overlay.Node, new Problem("names a server that is not defined", mend));
        }
    }

    /// <summary>The inputs alone do no harm: they stay in a file that is shared with VS Code. Their use is an error.</summary>
    private static void WarnAboutInputs(SectionReader root)
    {
        if (root.Take("inputs") is { Items.Count: > 0 })
        {
            root.Warn("inputs", new Problem(
                "asks questions, but a gateway has nobody to ask", "Use environment variables: ${API_KEY} where ${input:…} stands now."));
        }
    }
}
