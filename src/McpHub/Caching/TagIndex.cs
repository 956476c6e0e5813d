namespace McpHub.Caching;

/// <summary>Finds the results that a change concerns. Not thread-safe.</summary>
internal sealed class TagIndex
{
    private readonly Dictionary<string, HashSet<CacheEntry>> _byTag = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<CacheEntry>> _byPrefix = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<CacheEntry>> _byTopic = new(StringComparer.Ordinal);

    public void Add(CacheEntry entry)
    {
        Add(_byTag, entry.Dependencies.Tags.Exact, entry);
        Add(_byPrefix, entry.Dependencies.Tags.Prefixes, entry);
        Add(_byTopic, entry.Dependencies.Topics, entry);
    }

    public void Remove(CacheEntry entry)
    {
        Remove(_byTag, entry.Dependencies.Tags.Exact, entry);
        Remove(_byPrefix, entry.Dependencies.Tags.Prefixes, entry);
        Remove(_byTopic, entry.Dependencies.Topics, entry);
    }

    /// <summary>The results that a change concerns which names exact tags and topics only.</summary>
    public CacheEntry[] Find(CacheChange change)
    {
        var found = new HashSet<CacheEntry>();
        foreach (var tag in change.Tags.Exact)
        {
            Collect(_byTag, tag, found);
            foreach (var (prefix, entries) in _byPrefix)
            {
                if (tag.StartsWith(prefix, StringComparison.Ordinal))
                {
                    found.UnionWith(entries);
                }
            }
        }

        foreach (var topic in change.Topics)
        {
            Collect(_byTopic, topic, found);
        }

        return [.. found];
    }

    private static void Collect(Dictionary<string, HashSet<CacheEntry>> index, string name, HashSet<CacheEntry> found)
    {
        if (index.TryGetValue(name, out var entries))
        {
            found.UnionWith(entries);
        }
    }

    private static void Add(Dictionary<string, HashSet<CacheEntry>> index, IReadOnlyList<string> names, CacheEntry entry)
    {
        foreach (var name in names)
        {
            if (!index.TryGetValue(name, out var entries))
            {
                index[name] = entries = [];
            }

            entries.Add(entry);
        }
    }

    private static void Remove(Dictionary<string, HashSet<CacheEntry>> index, IReadOnlyList<string> names, CacheEntry entry)
    {
        foreach (var name in names)
        {
            if (index.TryGetValue(name, out var entries) && entries.Remove(entry) && entries.Count == 0)
            {
                index.Remove(name);
            }
        }
    }
}
