namespace McpHub.Bridging.Subscriptions;

/// <summary>
/// Walks a URI and those that it lies below, longest first: a server may tell of a resource below the one that was subscribed to
/// (2026-07-28, "Subscriptions"). Below <c>a/b/</c> lies the same as below <c>a/b</c>.
/// </summary>
internal ref struct ResourceAncestors(string uri)
{
    // A URI has a handful of levels; one that is made of slashes must not cost more.
    private const int MostLevels = 64;

    private readonly ReadOnlySpan<char> _uri = uri;
    private int _length = -1;
    private int _levels;
    private bool _isAtSeparator;

    public ReadOnlySpan<char> Current { get; private set; }

    public bool MoveNext()
    {
        if (_length < 0)
        {
            _length = _uri.Length;
        }
        else if (_isAtSeparator)
        {
            _isAtSeparator = false;
        }
        else
        {
            _length = _uri[.._length].LastIndexOfAny('/', '?', '#');
            if (_length < 0 || ++_levels > MostLevels)
            {
                return false;
            }

            // With the separator first, unless that is the URI itself.
            if (_length + 1 < _uri.Length)
            {
                _isAtSeparator = true;
                Current = _uri[..(_length + 1)];
                return true;
            }
        }

        Current = _uri[.._length];
        return true;
    }
}
