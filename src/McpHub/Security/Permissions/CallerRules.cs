namespace McpHub.Security.Permissions;

/// <summary>
/// The rules that are about a caller, and those that only lack scopes of being so. Callers with equal ones see the same. Immutable.
/// </summary>
internal sealed class CallerRules : IEquatable<CallerRules>
{
    private readonly ulong[] _bits;
    private readonly int _hash;

    /// <param name="matches">How each rule matches the caller.</param>
    public CallerRules(ReadOnlySpan<CallerMatch> matches)
    {
        const int PerWord = 32;
        _bits = new ulong[(matches.Length + PerWord - 1) / PerWord];
        for (var i = 0; i < matches.Length; i++)
        {
            _bits[i / PerWord] |= (ulong)matches[i] << (i % PerWord * 2);
        }

        var hash = default(HashCode);
        foreach (var word in _bits)
        {
            hash.Add(word);
        }

        _hash = hash.ToHashCode();
    }

    /// <summary>How the rule with this index matches the caller.</summary>
    public CallerMatch this[int rule] => (CallerMatch)((_bits[rule / 32] >> (rule % 32 * 2)) & 3);

    public bool Equals(CallerRules? other) => ReferenceEquals(this, other) || (other is not null && _bits.AsSpan().SequenceEqual(other._bits));

    public override bool Equals(object? obj) => Equals(obj as CallerRules);

    public override int GetHashCode() => _hash;
}
