using McpHub.Catalog;

namespace McpHub.Bridging.Subscriptions;

/// <summary>
/// What a listener has yet to be told: three flags and a set of URIs. What is pending already is told once, however often it happens
/// meanwhile, so that a slow listener costs a bounded amount of memory. Not thread-safe.
/// </summary>
internal struct PendingChanges
{
    // Beyond this, resources below a subscribed one are told of as that one.
    private const int MostUris = 1000;

    private ListKinds _lists;
    private HashSet<string>? _uris;

    public readonly bool IsEmpty => _lists == ListKinds.None && _uris is null or { Count: 0 };

    public void Add(ListKinds lists) => _lists |= lists;

    /// <param name="uri">The resource that has changed.</param>
    /// <param name="subscribed">The subscribed resource that it is, or lies below.</param>
    public void Add(string uri, string subscribed)
    {
        _uris ??= [];
        _uris.Add(_uris.Count < MostUris ? uri : subscribed);
    }

    /// <summary>Takes one change out.</summary>
    /// <param name="list">The list; none if it is a resource.</param>
    /// <param name="uri">The resource; <see langword="null"/> if it is a list.</param>
    /// <returns><see langword="false"/> if there is none.</returns>
    public bool TryTake(out ListKinds list, out string? uri)
    {
        // The lists first: a client that reads a resource may have to list it before.
        list = _lists & (ListKinds)(-(int)_lists);
        _lists &= ~list;
        uri = null;
        if (list == ListKinds.None && _uris is { Count: > 0 })
        {
            using var first = _uris.GetEnumerator();
            first.MoveNext();
            uri = first.Current;
            _uris.Remove(uri);
            if (_uris.Count == 0)
            {
                _uris = null;
            }
        }

        return list != ListKinds.None || uri is not null;
    }
}
