using System.Collections.Frozen;
using McpHub.Bridging;
using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Security.Permissions;
using Microsoft.Extensions.Logging;

namespace McpHub.Catalog;

/// <summary>Puts the offers of all sources together into one snapshot, by the rules of the configuration.</summary>
/// <remarks>
/// Order: the servers as the configuration has them, each in its own order, then what is native. Names: renames and native names are
/// fixed first, so that nothing a server offers can take them; then the servers in order.
/// </remarks>
internal sealed partial class CatalogBuilder(ILogger logger)
{
    // Nothing that only the gateway itself offers changes without a new configuration, but that may come at any time.
    private static readonly CacheHints NativeHints = new(60_000, IsPrivate: false);

    private HashSet<string> _loggedCollisions = [];
    private PolicyModel? _policy;

    /// <param name="config">The configuration.</param>
    /// <param name="upstreams">The configured servers, in order; those without an offer contribute nothing yet.</param>
    /// <param name="natives">What is served in process.</param>
    public CatalogSnapshot Build(HubConfig config, IReadOnlyList<(ICatalogSource Source, UpstreamConfig Config)> upstreams, IReadOnlyList<ICatalogSource> natives)
    {
        var parts = upstreams.Select(u => new CatalogPart(u.Source, u.Config, u.Source.Offer ?? NoOffer)).ToArray();
        _policy = PolicyModel.Of(config.Gateway.Policy, _policy);
        var root = BuildRoot(config, parts, natives);
        var servers = parts.ToDictionary(p => ServerPath.From(p.Config.Name), p => BuildServer(config, p, root.Content), StringComparer.OrdinalIgnoreCase);
        return new CatalogSnapshot(config, root, servers.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase)) { Policy = _policy };
    }

    /// <summary>
    /// What a server that has not been reached yet is taken to offer: of everything, nothing. A legacy client is told the capabilities
    /// once, and would never ask for what comes later.
    /// </summary>
    private static ServerOffer NoOffer { get; } = new()
    {
        Revision = Revisions.LatestLegacy,
        Features = ServerFeatures.Tools | ServerFeatures.Prompts | ServerFeatures.Resources,
        Hints = new CacheHints(0, IsPrivate: false),
    };

    private CatalogView BuildRoot(HubConfig config, CatalogPart[] parts, IReadOnlyList<ICatalogSource> natives)
    {
        var nativeTools = natives.SelectMany(n => n.Offer!.Tools.Select(t => CatalogPart.Native(n, t))).ToArray();
        var renames = parts.SelectMany(p => p.Config.Tools.Values).Select(t => t.Name).OfType<string>();
        var tools = new NameAssignment(config.Gateway.Naming, nativeTools.Select(t => t.Name), renames, Shared(parts, p => p.Tools));
        var prompts = new NameAssignment(config.Gateway.Naming, [], [], Shared(parts, p => p.Offer.Prompts));
        var uris = ShareUris(parts);
        var content = new CatalogContent
        {
            Features = parts.Aggregate(
                nativeTools.Length > 0 || parts.Length == 0 ? ServerFeatures.Tools : ServerFeatures.None, (all, p) => all | p.Offer.Features)
                | natives.Aggregate(ServerFeatures.None, (all, n) => all | (n.Offer!.Features & ServerFeatures.Tasks)),
            Tools = [.. parts.SelectMany(p => p.ToolEntries((t, rename) => rename is null ? tools.Assign(p.Config.Name, p.Prefix, t.Key) : tools.Rename(p.Config.Name, t.Key, rename), uris[p])), .. nativeTools],
            Prompts = [.. parts.SelectMany(p => p.PromptEntries(d => prompts.Assign(p.Config.Name, p.Prefix, d.Key), uris[p]))],
            Resources = [.. parts.SelectMany(p => p.ResourceEntries(p.Offer.Resources, ListMember.Resources, uris[p]))],
            ResourceTemplates = [.. parts.SelectMany(p => p.ResourceEntries(p.Offer.ResourceTemplates, ListMember.ResourceTemplates, uris[p]))],
            ResourceSources = [.. parts.Where(p => p.Offer.Features.HasFlag(ServerFeatures.Resources)).Select(p => new ResourceSource(p.Source, uris[p], p.Category, p.Config.Tags))],
            TaskSources =
            [
                .. parts.Where(MayHaveTasks).Select(p => (p.Source, uris[p])),
                .. natives.Where(n => n.Offer!.Features.HasFlag(ServerFeatures.Tasks)).Select(n => (n, UriMap.Identity)),
            ],
        };
        LogCollisions([.. tools.Collisions, .. prompts.Collisions]);
        return View(config, content, parts.Select(p => p.Offer.Hints).Append(NativeHints), shows => Instructions.Merge(config.Gateway.Instructions, parts, shows));
    }

    /// <summary>One server under its own names: nothing is prefixed, nothing of the gateway's is added.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="part">The server.</param>
    /// <param name="root">All servers together.</param>
    private CatalogView BuildServer(HubConfig config, CatalogPart part, CatalogContent root)
    {
        var content = new CatalogContent
        {
            Server = ServerPath.From(part.Config.Name),
            Features = part.Offer.Features,
            Tools = WithCommonNames(part.ToolEntries(OwnNames(part), UriMap.Identity), part, root.Tools),
            Prompts = WithCommonNames(part.PromptEntries(d => d.Key, UriMap.Identity), part, root.Prompts),
            Resources = [.. part.ResourceEntries(part.Offer.Resources, ListMember.Resources, UriMap.Identity)],
            ResourceTemplates = [.. part.ResourceEntries(part.Offer.ResourceTemplates, ListMember.ResourceTemplates, UriMap.Identity)],
            ResourceSources = part.Offer.Features.HasFlag(ServerFeatures.Resources) ? [new ResourceSource(part.Source, UriMap.Identity, part.Category, part.Config.Tags)] : [],
            TaskSources = MayHaveTasks(part) ? [(part.Source, UriMap.Identity)] : [],
        };
        return View(config, content, [part.Offer.Hints], shows => shows(part.Source) ? part.Offer.Instructions : null);
    }

    /// <summary>Tells each entry its name among those of all servers together, where the same ones stand in the same order.</summary>
    private static CatalogEntry[] WithCommonNames(IEnumerable<CatalogEntry> own, CatalogPart part, IReadOnlyList<CatalogEntry> common) =>
        [.. own.Zip(common.Where(e => ReferenceEquals(e.Source, part.Source)), (entry, shown) => entry with { CommonName = shown.Name })];

    /// <summary>A server that is not there yet, as after a restart, may have tasks of before: whoever asks for one must not be told that there are none.</summary>
    private static bool MayHaveTasks(CatalogPart part) => part.Source.Offer is null || part.Offer.Features.HasFlag(ServerFeatures.Tasks);

    /// <summary>The server's own names, but for those that the configuration gives: a tool that had one of these has to yield.</summary>
    private static Func<Definition, string?, string> OwnNames(CatalogPart part)
    {
        HashSet<string> renames = [.. part.Tools.Select(t => part.Config.Tools.GetValueOrDefault(t.Key)?.Name).OfType<string>()];
        HashSet<string> taken = [.. renames];
        return (tool, rename) =>
        {
            var name = rename ?? tool.Key;
            if (rename is not null && renames.Remove(rename))
            {
                return rename;
            }

            for (var identity = tool.Key; !taken.Add(name); identity += "\n")
            {
                name = ShownName.WithHash(tool.Key, identity);
            }

            return name;
        };
    }

    private CatalogView View(
        HubConfig config, CatalogContent content, IEnumerable<CacheHints> hints, Func<Func<ICatalogSource, bool>, string?> instructions)
    {
        var together = hints.Aggregate((a, b) => a.And(b));
        var serverInfo = ServerIdentity.ToJson(config.Gateway.Name);
        return new CatalogView(
            content, new HandshakeSettings(together, instructions), new ListSettings(config.Gateway.PageSize, together, serverInfo), _policy);
    }

    private static HashSet<string> Shared(CatalogPart[] parts, Func<CatalogPart, IEnumerable<Definition>> definitions) =>
        [.. parts.SelectMany(p => definitions(p).Select(d => d.Key).Distinct()).GroupBy(name => name).Where(g => g.Count() > 1).Select(g => g.Key)];

    /// <summary>The first server that has a URI shows it as it is; the later ones show theirs behind their own prefix.</summary>
    private static Dictionary<CatalogPart, UriMap> ShareUris(CatalogPart[] parts)
    {
        var taken = new HashSet<string>();
        var maps = new Dictionary<CatalogPart, UriMap>();
        foreach (var part in parts)
        {
            var own = part.Offer.Resources.Concat(part.Offer.ResourceTemplates).Select(d => d.Key).Distinct().ToArray();
            maps[part] = new UriMap(ServerPath.From(part.Config.Name), own.Where(taken.Contains));
            taken.UnionWith(own);
        }

        return maps;
    }

    private void LogCollisions(List<(string Server, string Wanted, string Given)> collisions)
    {
        var logged = new HashSet<string>();
        foreach (var (server, wanted, given) in collisions)
        {
            var key = $"{server}\n{wanted}\n{given}";
            if (logged.Add(key) && !_loggedCollisions.Contains(key))
            {
                LogCollision(logger, LogText.Clean(wanted), server, given);
            }
        }

        // A collision that went away and comes back is news again.
        _loggedCollisions = logged;
    }

    [LoggerMessage(160, LogLevel.Warning, "The name '{Name}' of server {Server} is taken; it is shown as '{Given}'.")]
    private static partial void LogCollision(ILogger logger, string name, string server, string given);
}
