namespace McpHub.Caching;

/// <summary>What a result depends on, or a change concerns: tags as they are, and beginnings that stand for all tags that begin so.</summary>
internal struct TagSet
{
    private List<string>? _exact;
    private List<string>? _prefixes;

    public readonly IReadOnlyList<string> Exact => _exact ?? (IReadOnlyList<string>)[];

    public readonly IReadOnlyList<string> Prefixes => _prefixes ?? (IReadOnlyList<string>)[];

    public readonly bool IsEmpty => _exact is null && _prefixes is null;

    /// <summary>The tags as a client or a program names them, in which <c>*</c> and <c>?</c> stand for any text.</summary>
    public static TagSet OfPatterns(IEnumerable<string> patterns)
    {
        var tags = default(TagSet);
        foreach (var pattern in patterns)
        {
            var wild = pattern.AsSpan().IndexOfAny('*', '?');
            if (wild < 0)
            {
                tags.Add(pattern);
            }
            else
            {
                // What a pattern says beyond its beginning is not looked at: too much is dropped, never too little.
                tags.AddPrefix(pattern[..wild]);
            }
        }

        return tags;
    }

    public void Add(string tag) => (_exact ??= []).Add(tag);

    public void AddPrefix(string prefix) => (_prefixes ??= []).Add(prefix);

    public readonly IReadOnlyList<string> ToTexts() => [.. Exact, .. Prefixes.Select(prefix => prefix + "*")];
}
