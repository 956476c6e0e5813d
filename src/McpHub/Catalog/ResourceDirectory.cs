using System.Collections.Frozen;
using McpHub.Protocol;
using McpHub.Security.Permissions;

namespace McpHub.Catalog;

/// <summary>Tells whose a URI is: by the lists, then by the templates, then by what the URI itself says.</summary>
internal sealed class ResourceDirectory
{
    private readonly FrozenDictionary<string, CatalogEntry> _listed;
    private readonly (UriTemplate Shown, UriTemplate Own, CatalogEntry Entry)[] _templates;
    private readonly IReadOnlyList<ResourceSource> _sources;
    private readonly ViewAccess? _access;

    public ResourceDirectory(CatalogContent content)
    {
        _listed = content.Resources.DistinctBy(e => e.Name).ToFrozenDictionary(e => e.Name);
        _templates = [.. content.ResourceTemplates.Select(e =>
        {
            var shown = new UriTemplate(e.Name);
            return (shown, e.Name == e.SourceName ? shown : new UriTemplate(e.SourceName), e);
        })];
        _sources = content.ResourceSources;
    }

    /// <summary>The same, without what callers may not have.</summary>
    /// <remarks>
    /// Whose a URI is has to be told from all that there is: a resource that is kept from the caller must not pass for one that
    /// somebody else may have without listing it.
    /// </remarks>
    public ResourceDirectory(ResourceDirectory all, ViewAccess access)
    {
        _listed = all._listed;
        _templates = all._templates;
        _sources = all._sources;
        _access = access;
    }

    /// <summary>The entry to read a URI by; <see langword="null"/> if no server can be told to have it.</summary>
    /// <remarks>
    /// A server may read URIs that it neither lists nor has a template for (a link in a tool's result). Those go to the server that
    /// the URI names, to the only one that has resources, or to the only one that lists URIs of the same scheme; never to several in
    /// turn, because a URI may hold a secret.
    /// </remarks>
    public CatalogEntry? Find(string uri) => FindAny(uri) is { } entry && _access?.Sees(entry) != false ? entry : null;

    private CatalogEntry? FindAny(string uri)
    {
        if (_listed.TryGetValue(uri, out var listed))
        {
            return listed;
        }

        foreach (var source in _sources)
        {
            var prefix = source.Uris.Prefix;
            if (prefix.Length > 0 && uri.StartsWith(prefix, StringComparison.Ordinal))
            {
                return Prefixed(source, uri, uri[prefix.Length..]);
            }
        }

        foreach (var (template, _, entry) in _templates)
        {
            if (template.Matches(uri))
            {
                return Made(entry, uri, uri);
            }
        }

        var owner = _sources.Count == 1 ? _sources[0] : OwnerOfScheme(uri);
        return owner is null ? null : Unlisted(owner, uri, uri);
    }

    /// <summary>What a URI behind a server's prefix means: what the server itself means by the rest of it.</summary>
    private CatalogEntry Prefixed(ResourceSource source, string shown, string uri)
    {
        if (_listed.TryGetValue(uri, out var listed) && ReferenceEquals(listed.Source, source.Source))
        {
            return Unlisted(source, shown, uri);
        }

        foreach (var (_, template, entry) in _templates)
        {
            if (ReferenceEquals(entry.Source, source.Source) && template.Matches(uri))
            {
                return Made(entry, shown, uri);
            }
        }

        return Unlisted(source, shown, uri);
    }

    private ResourceSource? OwnerOfScheme(string uri)
    {
        var scheme = SchemeOf(uri);
        CatalogEntry? owner = null;
        foreach (var entry in _listed.Values.Concat(_templates.Select(t => t.Entry)))
        {
            if (!SchemeOf(entry.SourceName).Equals(scheme, StringComparison.OrdinalIgnoreCase) || ReferenceEquals(entry.Source, owner?.Source))
            {
                continue;
            }

            if (owner is not null)
            {
                return null;
            }

            owner = entry;
        }

        return owner is null ? null : _sources.FirstOrDefault(s => ReferenceEquals(s.Source, owner.Source));
    }

    private static ReadOnlySpan<char> SchemeOf(string uri) => uri.AsSpan(0, Math.Max(uri.IndexOf(':', StringComparison.Ordinal), 0));

    /// <summary>A resource that a template makes.</summary>
    private static CatalogEntry Made(CatalogEntry template, string shown, string uri) =>
        Unlisted(new ResourceSource(template.Source, template.Uris, template.Category, template.Tags), shown, uri) with { Template = template };

    private static CatalogEntry Unlisted(ResourceSource source, string shown, string uri) => new()
    {
        Source = source.Source,
        List = ListMember.Resources,
        Name = shown,
        SourceName = uri,
        SourceNameJson = JsonText.Encode(uri),
        Definition = default,
        Revision = source.Source.Offer?.Revision ?? Revisions.Latest,
        Category = source.Category,
        Tags = source.Tags,
        Uris = source.Uris,
    };
}
