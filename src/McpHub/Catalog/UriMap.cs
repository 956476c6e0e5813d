using System.Collections.Frozen;

namespace McpHub.Catalog;

/// <summary>
/// The resource URIs of one server that another server uses too. Clients see them behind <c>mcphub://SERVER/</c>, in lists and in
/// everything that the server answers.
/// </summary>
internal sealed class UriMap
{
    public const string Scheme = "mcphub://";

    private readonly FrozenSet<string> _shared;

    public UriMap(string serverSlug, IEnumerable<string> shared)
    {
        Prefix = Scheme + serverSlug + "/";
        _shared = shared.ToFrozenSet();
    }

    /// <summary>Maps nothing.</summary>
    public static UriMap Identity { get; } = new("", []);

    public string Prefix { get; }

    public bool IsIdentity => _shared.Count == 0;

    /// <summary>The URI or URI template that clients see.</summary>
    public string Show(string uri) => _shared.Contains(uri) ? Prefix + uri : uri;
}
