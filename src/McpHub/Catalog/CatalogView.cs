using System.Collections.Frozen;
using System.Text;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Security.Permissions;

namespace McpHub.Catalog;

/// <summary>What one endpoint shows: all servers together, or one of them under its own names. Immutable.</summary>
internal sealed class CatalogView
{
    // Longer names than this are looked up too, by a slower way.
    private const int LongestFastName = 256;

    private readonly FrozenDictionary<string, CatalogEntry> _tools;
    private readonly FrozenDictionary<string, CatalogEntry>.AlternateLookup<ReadOnlySpan<char>> _toolsBySpan;
    private readonly FrozenDictionary<string, CatalogEntry> _prompts;
    private readonly FrozenDictionary<string, CatalogEntry> _templates;
    private readonly Handshake _handshake;
    private readonly HandshakeSettings _greeting;
    private readonly ListSettings _settings;
    private readonly CallerViews? _callers;
    private readonly DeclaredViews? _declared;
    private readonly FrozenSet<string> _owners = FrozenSet<string>.Empty;

    /// <summary>An endpoint with all that it has.</summary>
    /// <param name="content">The entries.</param>
    /// <param name="greeting">What it says when it is greeted.</param>
    /// <param name="settings">What its lists have in common.</param>
    /// <param name="policy">Who may have what of it; <see langword="null"/> for everybody everything.</param>
    /// <param name="directory">Whose URIs are whose; <see langword="null"/> for what the content says.</param>
    /// <param name="declared">What clients with certain capabilities see instead.</param>
    public CatalogView(
        CatalogContent content,
        HandshakeSettings greeting,
        ListSettings settings,
        PolicyModel? policy = null,
        ResourceDirectory? directory = null,
        DeclaredViews? declared = null)
        : this(content, greeting, settings, directory ?? new ResourceDirectory(content), _ => true)
    {
        HasTasks = content.TaskSources.Count > 0;
        _owners = content.Tools.Select(t => t.Owner).OfType<string>().ToFrozenSet();
        _callers = policy is null && _owners.Count == 0 ? null : new CallerViews(policy, this);
        _declared = declared;
    }

    /// <summary>An endpoint as callers see it whom the policy doesn't give all of it. It declares the same features, whatever is left of each.</summary>
    /// <param name="all">The endpoint with all that it has.</param>
    /// <param name="access">What the callers may have.</param>
    /// <param name="isPrivate">Whether others may see something else.</param>
    public CatalogView(CatalogView all, ViewAccess access, bool isPrivate)
        : this(Filter(all.Content, access), all._greeting.For(isPrivate), all._settings.For(isPrivate), new ResourceDirectory(all.Directory, access), access.Sees)
    {
        HasTasks = all.HasTasks;
        Access = access;
        _callers = all._callers;
    }

    private CatalogView(
        CatalogContent content, HandshakeSettings greeting, ListSettings settings, ResourceDirectory directory, Func<ICatalogSource, bool> shows)
    {
        Content = content;
        Directory = directory;
        _greeting = greeting;
        _settings = settings;
        _handshake = new Handshake(content.Features, greeting.Instructions(shows), settings.ServerInfo, greeting.Hints);
        ServerInfo = settings.ServerInfo;
        Tools = new ReadyList(ListMember.Tools, content.Tools, settings);
        Prompts = new ReadyList(ListMember.Prompts, content.Prompts, settings);
        Resources = new ReadyList(ListMember.Resources, content.Resources, settings);
        ResourceTemplates = new ReadyList(ListMember.ResourceTemplates, content.ResourceTemplates, settings);
        _tools = content.Tools.ToFrozenDictionary(e => e.Name);
        _toolsBySpan = _tools.GetAlternateLookup<ReadOnlySpan<char>>();
        _prompts = content.Prompts.ToFrozenDictionary(e => e.Name);
        _templates = content.ResourceTemplates.DistinctBy(e => e.Name).ToFrozenDictionary(e => e.Name);
    }

    public static CatalogView Empty { get; } =
        new(CatalogContent.Empty, HandshakeSettings.Empty, new ListSettings(1, CacheHints.None, "{}"u8.ToArray()));

    public CatalogContent Content { get; }

    /// <summary>Whether there may be tasks behind the endpoint.</summary>
    public bool HasTasks { get; }

    /// <summary>What the policy has decided for the callers of this view; <see langword="null"/> for the endpoint with all that it has.</summary>
    public ViewAccess? Access { get; }

    /// <inheritdoc cref="CatalogContent.Server"/>
    public string Server => Content.Server;

    public ServerFeatures Features => Content.Features;

    public byte[] ServerInfo { get; }

    public ReadyList Tools { get; }

    public ReadyList Prompts { get; }

    public ReadyList Resources { get; }

    public ReadyList ResourceTemplates { get; }

    public ResourceDirectory Directory { get; }

    /// <summary>The sets of capabilities whose clients see something else.</summary>
    public IEnumerable<ClientFeatures> Declared => _declared?.Views.Keys ?? [];

    /// <summary>What a client with these capabilities sees.</summary>
    public CatalogView SeenBy(ClientFeatures features) =>
        features == ClientFeatures.None || _declared is null ? this : _declared.Views.GetValueOrDefault(features, this);

    /// <summary>Whether it is known of all servers what a client with these capabilities sees.</summary>
    public bool IsSettledFor(ClientFeatures features) => _declared is null || _declared.AreKnown(features);

    /// <summary>The result of <c>server/discover</c>.</summary>
    public ReadOnlyMemory<byte> DiscoverResult => _handshake.DiscoverResult;

    /// <summary>The result of <c>initialize</c>.</summary>
    public ReadOnlyMemory<byte> InitializeResult(Revision revision) => _handshake.InitializeResult(revision);

    /// <summary>Whether something of the endpoint is one caller's alone.</summary>
    public bool HasOwners => _owners.Count > 0;

    /// <summary>Whether something of the endpoint is this caller's alone.</summary>
    public bool IsOwner(string key) => _owners.Contains(key);

    /// <summary>The endpoint as a caller sees it; this very view where there is no policy.</summary>
    public CatalogView For(Caller caller) => _callers is null ? this : _callers.Of(caller);

    /// <summary>The endpoint as a caller sees it whose client has these capabilities, whoever this view is of.</summary>
    public CatalogView For(Caller caller, ClientFeatures features) => (Access?.All ?? this).SeenBy(features).For(caller);

    /// <summary>Finds a tool by its name as JSON with its quotes.</summary>
    public CatalogEntry? FindTool(ReadOnlySpan<byte> nameJson)
    {
        if (nameJson.Length > LongestFastName || nameJson.Contains((byte)'\\'))
        {
            return JsonText.Decode(nameJson) is { } name ? _tools.GetValueOrDefault(name) : null;
        }

        Span<char> chars = stackalloc char[LongestFastName];
        var length = Encoding.UTF8.GetChars(nameJson[1..^1], chars);
        return _toolsBySpan.TryGetValue(chars[..length], out var entry) ? entry : null;
    }

    public CatalogEntry? FindTool(string name) => _tools.GetValueOrDefault(name);

    public CatalogEntry? FindPrompt(ReadOnlySpan<byte> nameJson) =>
        JsonText.Decode(nameJson) is { } name ? _prompts.GetValueOrDefault(name) : null;

    public CatalogEntry? FindTemplate(string uriTemplate) => _templates.GetValueOrDefault(uriTemplate);

    /// <summary>Finds who made a task; <see langword="null"/> when it is not behind this endpoint.</summary>
    public (ICatalogSource Source, UriMap Uris)? FindTaskSource(string key)
    {
        foreach (var source in Content.TaskSources)
        {
            if (source.Source.Key == key)
            {
                return source;
            }
        }

        return null;
    }

    private static CatalogContent Filter(CatalogContent all, ViewAccess access) => all with
    {
        Tools = [.. all.Tools.Where(access.Sees)],
        Prompts = [.. all.Prompts.Where(access.Sees)],
        Resources = [.. all.Resources.Where(access.Sees)],
        ResourceTemplates = [.. all.ResourceTemplates.Where(access.Sees)],

        // Of a server that has listed nothing yet nobody can tell; the task's own id says that it is the caller's.
        TaskSources = [.. all.TaskSources.Where(s => s.Source.Offer is null || access.Sees(s.Source))],
    };
}
