using System.Collections.Frozen;
using System.Text;
using McpHub.Protocol;

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

    private readonly DeclaredViews? _declared;

    /// <param name="content">The entries.</param>
    /// <param name="handshake">What is said when clients greet.</param>
    /// <param name="settings">What its lists have in common.</param>
    /// <param name="directory">Whose URIs are whose; <see langword="null"/> for what the content says.</param>
    /// <param name="declared">What clients with certain capabilities see instead.</param>
    public CatalogView(
        CatalogContent content, Handshake handshake, ListSettings settings, ResourceDirectory? directory = null, DeclaredViews? declared = null)
    {
        _declared = declared;
        Content = content;
        _handshake = handshake;
        ServerInfo = settings.ServerInfo;
        Tools = new ReadyList(ListMember.Tools, content.Tools, settings);
        Prompts = new ReadyList(ListMember.Prompts, content.Prompts, settings);
        Resources = new ReadyList(ListMember.Resources, content.Resources, settings);
        ResourceTemplates = new ReadyList(ListMember.ResourceTemplates, content.ResourceTemplates, settings);
        Directory = directory ?? new ResourceDirectory(content);
        _tools = content.Tools.ToFrozenDictionary(e => e.Name);
        _toolsBySpan = _tools.GetAlternateLookup<ReadOnlySpan<char>>();
        _prompts = content.Prompts.ToFrozenDictionary(e => e.Name);
        _templates = content.ResourceTemplates.DistinctBy(e => e.Name).ToFrozenDictionary(e => e.Name);
    }

    public static CatalogView Empty { get; } =
        new(CatalogContent.Empty, new Handshake(ServerFeatures.None, null, [], CacheHints.None), new ListSettings(1, CacheHints.None, "{}"u8.ToArray()));

    public CatalogContent Content { get; }

    /// <summary>Whether there may be tasks behind the endpoint.</summary>
    public bool HasTasks => Content.TaskSources.Count > 0;

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
}
