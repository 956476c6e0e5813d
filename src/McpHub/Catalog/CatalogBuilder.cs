using System.Collections.Frozen;
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
    private PolicyConfig? _policyConfig;
    private PolicyModel? _policy;

    /// <param name="config">The configuration.</param>
    /// <param name="upstreams">The configured servers, in order; those without an offer contribute nothing yet.</param>
    /// <param name="natives">What is served in process.</param>
    public CatalogSnapshot Build(HubConfig config, IReadOnlyList<(ICatalogSource Source, UpstreamConfig Config)> upstreams, IReadOnlyList<ICatalogSource> natives)
    {
        var parts = upstreams.Select(u => new CatalogPart(u.Source, u.Config, u.Source.Offer ?? NoOffer)).ToArray();
        if (!ReferenceEquals(config.Gateway.Policy, _policyConfig))
        {
            _policyConfig = config.Gateway.Policy;
            _policy = PolicyModel.Of(_policyConfig, _policy);
        }

        var root = BuildRoot(config, parts, natives, out var toolNames, out var promptNames);
        var servers = parts.ToDictionary(
            p => ServerPath.From(p.Config.Name), p => BuildServer(config, p, toolNames, promptNames), StringComparer.OrdinalIgnoreCase);
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

    private CatalogView BuildRoot(
        HubConfig config, CatalogPart[] parts, IReadOnlyList<ICatalogSource> natives, out GivenNames toolNames, out GivenNames promptNames)
    {
        var nativeTools = natives.SelectMany(n => n.Offer!.Tools.Where(t => !t.YieldsName).Select(t => CatalogPart.Native(n, t))).ToArray();
        var yielding = natives.SelectMany(n => n.Offer!.Tools.Where(t => t.YieldsName).Select(t => CatalogPart.Native(n, t))).ToArray();
        var renames = parts.SelectMany(p => p.Config.Tools.Values).Select(t => t.Name).OfType<string>();
        var tools = new NameAssignment(config.Gateway.Naming, nativeTools.Select(t => t.Name), renames, Shared(parts, p => p.Tools));
        var prompts = new NameAssignment(config.Gateway.Naming, [], [], Shared(parts, p => p.Offer.Prompts));
        var namesOfTools = toolNames = new GivenNames((part, tool, isForSome) => part.RenameOf(tool) is { } rename
            ? tools.Rename(part.Config.Name, tool.Key, rename)
            : tools.Assign(part.Config.Name, part.Prefix, tool.Key, isForSome));
        var namesOfPrompts = promptNames = new GivenNames((part, prompt, isForSome) => prompts.Assign(part.Config.Name, part.Prefix, prompt.Key, isForSome));
        var uris = ShareUris(parts);
        var view = Compose(
            parts,
            (shown, isForSome) => new CatalogContent
            {
                Features = shown.Aggregate(
                    nativeTools.Length > 0 || shown.Length == 0 ? ServerFeatures.Tools : ServerFeatures.None, (all, p) => all | p.Offer.Features)
                    | natives.Aggregate(ServerFeatures.None, (all, n) => all | (n.Offer!.Features & ServerFeatures.Tasks)),
                Tools = WithYielding([.. shown.SelectMany(p => p.ToolEntries(t => namesOfTools.Of(p, t, isForSome), uris[p.Source])), .. nativeTools], yielding),
                Prompts = [.. shown.SelectMany(p => p.PromptEntries(d => namesOfPrompts.Of(p, d, isForSome), uris[p.Source]))],
                Resources = [.. shown.SelectMany(p => p.ResourceEntries(p.Offer.Resources, ListMember.Resources, uris[p.Source]))],
                ResourceTemplates = [.. shown.SelectMany(p => p.ResourceEntries(p.Offer.ResourceTemplates, ListMember.ResourceTemplates, uris[p.Source]))],
                ResourceSources = [.. shown.SelectMany(p => p.ResourceSources(uris[p.Source]))],
                TaskSources =
                [
                    .. shown.Where(MayHaveTasks).Select(p => (p.Source, uris[p.Source])),
                    .. natives.Where(n => n.Offer!.Features.HasFlag(ServerFeatures.Tasks)).Select(n => (n, UriMap.Identity)),
                ],
            },
            new ViewSettings(config, [NativeHints], shows => Instructions.Merge(config.Gateway.Instructions, parts, shows)));
        LogCollisions([.. tools.Collisions, .. prompts.Collisions]);
        return view;
    }

    private static CatalogEntry[] WithYielding(CatalogEntry[] tools, CatalogEntry[] yielding) => yielding.Length == 0
        ? tools
        : [.. tools, .. yielding.ExceptBy(tools.Select(t => t.Name), y => y.Name)];

    /// <summary>One server under its own names: nothing is prefixed, nothing of the gateway's is added.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="part">The server.</param>
    /// <param name="commonTools">The names of tools among those of all servers together.</param>
    /// <param name="commonPrompts">The names of prompts among those of all servers together.</param>
    private CatalogView BuildServer(HubConfig config, CatalogPart part, GivenNames commonTools, GivenNames commonPrompts)
    {
        var toolNames = new GivenNames(OwnNames(part));
        return Compose(
            [part],
            (shown, isForSome) => new CatalogContent
            {
                Server = ServerPath.From(part.Config.Name),
                Features = shown[0].Offer.Features,
                Tools =
                [
                    .. shown[0].ToolEntries(t => toolNames.Of(part, t, isForSome), UriMap.Identity)
                        .Zip(shown[0].Tools, (entry, tool) => entry with { CommonName = commonTools.Of(part, tool, isForSome) }),
                ],
                Prompts =
                [
                    .. shown[0].PromptEntries(d => d.Key, UriMap.Identity)
                        .Zip(shown[0].Offer.Prompts, (entry, prompt) => entry with { CommonName = commonPrompts.Of(part, prompt, isForSome) }),
                ],
                Resources = [.. shown[0].ResourceEntries(shown[0].Offer.Resources, ListMember.Resources, UriMap.Identity)],
                ResourceTemplates = [.. shown[0].ResourceEntries(shown[0].Offer.ResourceTemplates, ListMember.ResourceTemplates, UriMap.Identity)],
                ResourceSources = [.. shown[0].ResourceSources(UriMap.Identity)],
                TaskSources = MayHaveTasks(part) ? [(part.Source, UriMap.Identity)] : [],
            },
            new ViewSettings(config, [], shows => shows(part.Source) ? part.Offer.Instructions : null));
    }

    /// <summary>
    /// The view of an endpoint, with those that clients with certain capabilities see instead. What all see comes first, so that no name
    /// of it depends on what some see.
    /// </summary>
    private CatalogView Compose(CatalogPart[] parts, Func<CatalogPart[], bool, CatalogContent> show, ViewSettings settings)
    {
        var plain = show(parts, false);
        if (parts.All(p => p.Declared is { IsSettled: true, Differing.Count: 0 }))
        {
            return View(plain, parts, settings);
        }

        var contents = parts.SelectMany(p => p.Declared.Differing.Keys).Distinct().OrderDescending()
            .Select(features => (Features: features, Parts: parts.Select(p => p.For(features)).ToArray()))
            .Select(declared => (declared.Features, declared.Parts, Content: show(declared.Parts, true))).ToArray();

        // A URI is read by whoever has it, and found whatever is declared: in the end its server decides.
        var directory = contents.Length == 0 ? null : new ResourceDirectory(plain with
        {
            Resources = [.. plain.Resources, .. contents.SelectMany(c => c.Content.Resources)],
            ResourceTemplates = [.. plain.ResourceTemplates, .. contents.SelectMany(c => c.Content.ResourceTemplates)],
            ResourceSources = [.. plain.ResourceSources.Concat(contents.SelectMany(c => c.Content.ResourceSources)).DistinctBy(s => s.Source)],
        });
        var offers = parts.Select(p => p.Declared).ToArray();
        var none = new DeclaredViews(FrozenDictionary<ClientFeatures, CatalogView>.Empty, offers);
        var views = contents.ToFrozenDictionary(c => c.Features, c => View(c.Content, c.Parts, settings, directory, none));
        return View(plain, parts, settings, directory, new DeclaredViews(views, offers));
    }

    /// <summary>A server that is not there yet, as after a restart, may have tasks of before: whoever asks for one must not be told that there are none.</summary>
    private static bool MayHaveTasks(CatalogPart part) => part.Source.Offer is null || part.Offer.Features.HasFlag(ServerFeatures.Tasks);

    /// <summary>The server's own names, but for those that the configuration gives: a tool that had one of these has to yield.</summary>
    private static Func<CatalogPart, Definition, bool, string> OwnNames(CatalogPart part)
    {
        HashSet<string> renames = [.. part.Tools.Select(part.RenameOf).OfType<string>()];
        HashSet<string> taken = [.. renames];
        return (_, tool, _) =>
        {
            var rename = part.RenameOf(tool);
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
        CatalogContent content, CatalogPart[] parts, ViewSettings settings, ResourceDirectory? directory = null, DeclaredViews? declared = null)
    {
        // A cache that many clients share knows nothing of what they declare.
        var dependence = new CacheHints(long.MaxValue, IsPrivate: declared is not null && parts.Any(p => p.Declared.Differing.Count > 0));
        var together = parts.Select(p => p.Offer.Hints).Concat(settings.Hints).Aggregate(dependence, (a, b) => a.And(b));
        var serverInfo = ServerIdentity.ToJson(settings.Config.Gateway.Name);
        return new CatalogView(
            content,
            new HandshakeSettings(together, settings.Instructions),
            new ListSettings(settings.Config.Gateway.PageSize, together, serverInfo),
            _policy,
            directory,
            declared);
    }

    private static HashSet<string> Shared(CatalogPart[] parts, Func<CatalogPart, IEnumerable<Definition>> definitions) =>
        [.. parts.SelectMany(p => definitions(p).Select(d => d.Key).Distinct()).GroupBy(name => name).Where(g => g.Count() > 1).Select(g => g.Key)];

    /// <summary>
    /// The first server that has a URI shows it as it is; the later ones show theirs behind their own prefix. What only clients with
    /// certain capabilities see comes after everything else.
    /// </summary>
    private static Dictionary<ICatalogSource, UriMap> ShareUris(CatalogPart[] parts)
    {
        var taken = new HashSet<string>();
        var shared = parts.ToDictionary(p => p.Source, p => new HashSet<string>());
        foreach (var part in parts)
        {
            Share(part, UrisOf(part.Offer));
        }

        foreach (var part in parts)
        {
            Share(part, part.Declared.Differing.Values.SelectMany(UrisOf).Except(UrisOf(part.Offer)));
        }

        return parts.ToDictionary(p => p.Source, p => new UriMap(ServerPath.From(p.Config.Name), shared[p.Source]));

        void Share(CatalogPart part, IEnumerable<string> uris)
        {
            var own = uris.Distinct().ToArray();
            shared[part.Source].UnionWith(own.Where(taken.Contains));
            taken.UnionWith(own);
        }
    }

    private static IEnumerable<string> UrisOf(ServerOffer offer) => offer.Resources.Concat(offer.ResourceTemplates).Select(d => d.Key);

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

    /// <summary>What the views of one endpoint have in common.</summary>
    private sealed record ViewSettings(HubConfig Config, IReadOnlyList<CacheHints> Hints, Func<Func<ICatalogSource, bool>, string?> Instructions);
}
