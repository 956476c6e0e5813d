using System.Runtime.InteropServices;

namespace McpHub.Caching;

/// <summary>Compares keys byte by byte, and lets them be looked up by bytes that nobody has copied.</summary>
internal sealed class KeyComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static KeyComparer Instance { get; } = new();

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(byte[] obj) => GetHashCode((ReadOnlySpan<byte>)obj);

    /// <remarks>
    /// The hash of strings, of the same bytes: it is seeded anew in each process, so that nobody can choose arguments that all fall into
    /// one bucket.
    /// </remarks>
    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        var hash = string.GetHashCode(MemoryMarshal.Cast<byte, char>(alternate));
        return alternate.Length % sizeof(char) == 0 ? hash : HashCode.Combine(hash, alternate[^1]);
    }
}
