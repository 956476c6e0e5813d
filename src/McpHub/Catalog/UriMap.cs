using System.Collections.Frozen;

namespace McpHub.Catalog;

/// <summary>
/// The resource URIs of one server that another server uses too. Clients see them behind <c>mcphub://SERVER/</c>, in lists and in
/// everything that the server answers; and so they see what a template makes that both have.
/// </summary>
internal sealed class UriMap
{
    public const string Scheme = "mcphub://";

    private readonly FrozenSet<string> _shared;
    private readonly UriTemplate[] _templates;

    /// <param name="serverSlug">The server's name in paths.</param>
    /// <param name="shared">The URIs and URI templates.</param>
    public UriMap(string serverSlug, IEnumerable<string> shared)
    {
        Prefix = PrefixOf(serverSlug);
        _shared = shared.ToFrozenSet();
        _templates = [.. _shared.Where(uri => uri.Contains('{', StringComparison.Ordinal)).Select(uri => new UriTemplate(uri))];
    }

    /// <summary>Maps nothing.</summary>
    public static UriMap Identity { get; } = new("", []);

    public string Prefix { get; }

    public bool IsIdentity => _shared.Count == 0;

    /// <summary>What stands before the URIs of a server where it shares them with another.</summary>
    public static string PrefixOf(string serverSlug) => Scheme + serverSlug + "/";

    /// <summary>The URI or URI template that clients see.</summary>
    public string Show(string uri) => IsShared(uri) ? Prefix + uri : uri;

    private bool IsShared(string uri)
    {
        if (_shared.Contains(uri))
        {
            return true;
        }

        foreach (var template in _templates)
        {
            if (template.Matches(uri))
            {
                return true;
            }
        }

        return false;
    }
}
