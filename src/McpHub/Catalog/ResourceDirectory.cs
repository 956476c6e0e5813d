using System.Collections.Frozen;
using McpHub.Protocol;

namespace McpHub.Catalog;

/// <summary>Tells whose a URI is: by the lists, then by the templates, then by what the URI itself says.</summary>
internal sealed class ResourceDirectory
{
    private readonly FrozenDictionary<string, CatalogEntry> _listed;
    private readonly (UriTemplate Template, CatalogEntry Entry)[] _templates;
    private readonly IReadOnlyList<(ICatalogSource Source, UriMap Uris)> _sources;

    public ResourceDirectory(CatalogContent content)
    {
        _listed = content.Resources.DistinctBy(e => e.Name).ToFrozenDictionary(e => e.Name);
        _templates = [.. content.ResourceTemplates.Select(e => (new UriTemplate(e.Name), e))];
        _sources = content.ResourceSources;
    }

    /// <summary>The entry to read a URI by; <see langword="null"/> if no server can be told to have it.</summary>
    /// <remarks>
    /// A server may read URIs that it neither lists nor has a template for (a link in a tool's result). Those go to the server that
    /// the URI names, to the only one that has resources, or to the only one that lists URIs of the same scheme; never to several in
    /// turn, because a URI may hold a secret.
    /// </remarks>
    public CatalogEntry? Find(string uri)
    {
        if (_listed.TryGetValue(uri, out var listed))
        {
            return listed;
        }

        foreach (var (source, uris) in _sources)
        {
            if (uris.Prefix.Length > 0 && uri.StartsWith(uris.Prefix, StringComparison.Ordinal))
            {
                return Unlisted(source, uris, uri, uri[uris.Prefix.Length..]);
            }
        }

        foreach (var (template, entry) in _templates)
        {
            if (template.Matches(uri))
            {
                return Unlisted(entry.Source, entry.Uris, uri, uri);
            }
        }

        var owner = _sources.Count == 1 ? _sources[0] : OwnerOfScheme(uri);
        return owner.Source is null ? null : Unlisted(owner.Source, owner.Uris, uri, uri);
    }

    private (ICatalogSource Source, UriMap Uris) OwnerOfScheme(string uri)
    {
        var scheme = SchemeOf(uri);
        (ICatalogSource Source, UriMap Uris) owner = default;
        foreach (var entry in _listed.Values.Concat(_templates.Select(t => t.Entry)))
        {
            if (!SchemeOf(entry.SourceName).Equals(scheme, StringComparison.OrdinalIgnoreCase) || ReferenceEquals(entry.Source, owner.Source))
            {
                continue;
            }

            if (owner.Source is not null)
            {
                return default;
            }

            owner = (entry.Source, entry.Uris);
        }

        return owner;
    }

    private static ReadOnlySpan<char> SchemeOf(string uri) => uri.AsSpan(0, Math.Max(uri.IndexOf(':', StringComparison.Ordinal), 0));

    private static CatalogEntry Unlisted(ICatalogSource source, UriMap uris, string shown, string uri) => new()
    {
        Source = source,
        Name = shown,
        SourceName = uri,
        SourceNameJson = JsonText.Encode(uri),
        Definition = default,
        Revision = source.Offer?.Revision ?? Revisions.Latest,
        Uris = uris,
    };
}
