using System.Security.Cryptography;

namespace McpHub.Auditing;

/// <summary>How lines are chained: each ends with the SHA-256 of the hash before it and of its own bytes up to there.</summary>
internal static class AuditHash
{
    public const int Length = SHA256.HashSizeInBytes;

    /// <summary>How long the end of a line is: <c>,"hash":"…"}</c>.</summary>
    public const int EndLength = 9 + (2 * Length) + 2;

    /// <summary>What the first line of all is chained to.</summary>
    public static byte[] Origin => new byte[Length];

    public static ReadOnlySpan<byte> Begin => ",\"hash\":\""u8;

    public static ReadOnlySpan<byte> End => "\"}"u8;

    /// <summary>Takes the end of a line apart.</summary>
    /// <param name="line">The line, without its line break.</param>
    /// <param name="content">What was hashed.</param>
    /// <param name="hash">The hash that the line has.</param>
    public static bool TrySplit(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> content, Span<byte> hash)
    {
        content = default;
        if (line.Length <= EndLength || !line.EndsWith(End))
        {
            return false;
        }

        content = line[..^EndLength];
        var end = line[^EndLength..];
        return end.StartsWith(Begin)
            && Convert.FromHexString(end[Begin.Length..^End.Length], hash, out _, out var written) == System.Buffers.OperationStatus.Done
            && written == Length;
    }

    /// <summary>The hash of a line.</summary>
    /// <param name="previous">The hash before it.</param>
    /// <param name="content">The line up to its hash.</param>
    /// <param name="hash">Takes the hash.</param>
    public static void Compute(ReadOnlySpan<byte> previous, ReadOnlySpan<byte> content, Span<byte> hash)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Compute(sha, previous, content, hash);
    }

    /// <inheritdoc cref="Compute(ReadOnlySpan{byte}, ReadOnlySpan{byte}, Span{byte})"/>
    public static void Compute(IncrementalHash sha, ReadOnlySpan<byte> previous, ReadOnlySpan<byte> content, Span<byte> hash)
    {
        sha.AppendData(previous);
        sha.AppendData(content);
        sha.GetHashAndReset(hash);
    }
}
