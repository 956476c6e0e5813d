namespace McpHub.Security.Authentication;

/// <summary>The keys of an issuer as they were at one moment. Immutable.</summary>
internal sealed class KeySet(IReadOnlyList<VerificationKey> keys)
{
    public IReadOnlyList<VerificationKey> Keys { get; } = keys;

    public bool Has(VerificationKey key) => Keys.Any(other => other.Thumbprint == key.Thumbprint);

    /// <summary>The keys that a token may have been signed with. One that names its key was signed with that one or not at all.</summary>
    public IEnumerable<VerificationKey> For(TokenContent token) =>
        Keys.Where(key => (token.KeyId is null || key.KeyId == token.KeyId) && key.Suits(token.Algorithm));
}
