namespace McpHub.Catalog;

/// <summary>The sets of capabilities that clients have declared, and that servers are asked about. They only become more. Thread-safe.</summary>
internal sealed class DeclaredSets
{
    /// <summary>The most sets. Clients with another one see what clients without capabilities see.</summary>
    public const int Most = 16;

    private readonly Lock _lock = new();
    private readonly bool[] _isKnown = new bool[(int)ClientFeatures.All + 1];
    private volatile ClientFeatures[] _current = [];

    /// <summary>Raised, on whatever thread, when there is one more.</summary>
    public event Action? Added;

    /// <summary>The sets, in the order in which they came.</summary>
    public IReadOnlyList<ClientFeatures> Current => _current;

    /// <summary>A client has declared this.</summary>
    /// <returns>Whether servers are asked about it; <see langword="false"/> if there are too many sets already.</returns>
    public bool Add(ClientFeatures features)
    {
        if (Volatile.Read(ref _isKnown[(int)features]) || features == ClientFeatures.None)
        {
            return true;
        }

        // Whoever came too late looks in vain on every request; that needs no lock.
        if (_current.Length >= Most)
        {
            return false;
        }

        lock (_lock)
        {
            if (_isKnown[(int)features] || _current.Length >= Most)
            {
                return _isKnown[(int)features];
            }

            _current = [.. _current, features];
            Volatile.Write(ref _isKnown[(int)features], true);
        }

        Added?.Invoke();
        return true;
    }
}
