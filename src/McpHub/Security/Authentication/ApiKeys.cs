using System.Security.Cryptography;
using System.Text;
using McpHub.Configuration;
using McpHub.Pipeline;

namespace McpHub.Security.Authentication;

/// <summary>The configured API keys. Immutable.</summary>
internal sealed class ApiKeys(IReadOnlyList<ApiKeyConfig> keys)
{
    private const int RandomBytes = 32;

    private readonly (byte[] Hash, Caller Caller)[] _keys = [.. keys.Select(key => (Convert.FromHexString(key.Hash), CallerOf(key)))];

    /// <summary>A key that nobody guesses, which is why a fast hash of it is enough.</summary>
    public static string NewKey(string prefix) =>
        prefix + System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    public static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>Whose key it is. Takes as long for a wrong key as for a right one.</summary>
    public Caller? Find(string key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), hash);
        Caller? found = null;
        foreach (var (known, caller) in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, known))
            {
                found = caller;
            }
        }

        return found;
    }

    private static Caller CallerOf(ApiKeyConfig key) => new()
    {
        Key = "key|" + key.Name,
        Subject = key.Name,
        Roles = key.Roles,
        Scopes = key.Scopes,
    };
}
