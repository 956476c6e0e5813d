namespace McpHub.Security.Authentication;

/// <summary>
/// Compares whole credentials, and hashes only their ends: the end of a token is its signature, which nobody can choose. A comparison
/// that stops at the first difference tells nothing, because only who knows the end gets that far.
/// </summary>
internal sealed class CredentialComparer : IEqualityComparer<string>
{
    private const int HashedLength = 32;

    public static CredentialComparer Instance { get; } = new();

    public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);

    public int GetHashCode(string credential) => string.GetHashCode(credential.AsSpan(Math.Max(0, credential.Length - HashedLength)));
}
