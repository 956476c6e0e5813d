using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace McpHub.Catalog;

/// <summary>
/// Names that every client takes: <c>^[A-Za-z0-9_-]{1,64}$</c>. The same input gives the same name on every start.
/// </summary>
internal static class ShownName
{
    /// <summary>What the strictest model providers allow for a tool's name.</summary>
    public const int MaxLength = 64;

    private const int HashLength = 8;

    private static readonly SearchValues<char> Characters =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-");

    public static bool IsValid(string name) => name.Length is >= 1 and <= MaxLength && !name.AsSpan().ContainsAnyExcept(Characters);

    /// <summary>Other characters become <c>_</c>; what is too long is cut, with a hash of the whole in its place.</summary>
    public static string From(string name)
    {
        if (IsValid(name))
        {
            return name;
        }

        var safe = Replace(name);
        return safe.Length is >= 1 and <= MaxLength ? safe : WithHash(name, name);
    }

    /// <summary>A name that differs from the plain one: for what would otherwise collide.</summary>
    /// <param name="name">The name wished for.</param>
    /// <param name="identity">What the thing is, unlike any other: its server and its name there.</param>
    public static string WithHash(string name, string identity)
    {
        var safe = Replace(name);
        var kept = safe[..Math.Min(safe.Length, MaxLength - HashLength - 1)];
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)))[..HashLength];
        return kept.Length == 0 ? hash : $"{kept}_{hash}";
    }

    private static string Replace(string name) => string.Create(name.Length, name, static (chars, name) =>
    {
        for (var i = 0; i < chars.Length; i++)
        {
            chars[i] = Characters.Contains(name[i]) ? name[i] : '_';
        }
    });
}
