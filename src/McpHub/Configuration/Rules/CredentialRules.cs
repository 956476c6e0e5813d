using System.Buffers;
using McpHub.Configuration.Reading;
using McpHub.Security.Authentication;

namespace McpHub.Configuration.Rules;

/// <summary>Rules of keys, their hashes, and what is written into tokens and challenges.</summary>
internal static class CredentialRules
{
    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdefABCDEF");

    private static readonly SearchValues<char> PrefixCharacters =
        SearchValues.Create("_-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public static Problem? Hash(string text) => text.Length == 64 && !text.AsSpan().ContainsAnyExcept(Hex)
        ? null
        : new Problem(
            "is not the SHA-256 of a key",
            "Write 64 hexadecimal digits; mcphub token --new-api-key NAME makes a key and its hash. The key itself does not belong here.");

    public static Problem? Prefix(string text) => text.Length is >= 3 and <= 32 && !text.AsSpan().ContainsAnyExcept(PrefixCharacters)
        ? null
        : new Problem("is not 3 to 32 of letters, digits, _ and -", "Write for example \"mhk_\".");

    /// <summary>A scope (RFC 6749, section 3.3): it stands in headers between quotes, and among others between spaces.</summary>
    public static Problem? Scope(string text) => ScopeRule.IsScope(text)
        ? null
        : new Problem("is not a scope: it is empty, or holds a space, a quote, a backslash or what is not ASCII", "Write one scope for each item.");

    public static Problem? Algorithm(string text) => IssuerConfig.AllAlgorithms.Contains(text, StringComparer.Ordinal)
        ? null
        : new Problem("is not an algorithm that is accepted", $"Write one of: {string.Join(", ", IssuerConfig.AllAlgorithms)}.");

    public static Problem? PemKey(string text) => VerificationKey.TryReadPem(text, out _, out var reason)
        ? null
        : new Problem(reason!, "Give a key in PEM, RSA of 2048 bits or more or EC P-256, P-384 or P-521; mcphub token --new-key FILE makes one.");
}
