namespace McpHub.Protocol;

/// <summary>What the revisions are called on the wire, and to which era each belongs.</summary>
internal static class Revisions
{
    /// <summary>What a legacy client gets that asks for a revision the gateway doesn't know (lifecycle, "Version Negotiation").</summary>
    public const Revision LatestLegacy = Revision.V20251125;

    /// <summary>The newest revision, and the only modern one.</summary>
    public const Revision Latest = Revision.V20260728;

    /// <summary>Every revision, newest first: the order in which they are offered.</summary>
    public static IReadOnlyList<Revision> All { get; } =
        [Revision.V20260728, Revision.V20251125, Revision.V20250618, Revision.V20250326, Revision.V20241105];

    /// <summary>The wire names of <see cref="All"/>, as a JSON array; the same in <c>server/discover</c> and in errors.</summary>
    public static byte[] SupportedJson { get; } =
        """["2026-07-28","2025-11-25","2025-06-18","2025-03-26","2024-11-05"]"""u8.ToArray();

    /// <summary>Whether requests of this revision carry their own metadata and no session exists.</summary>
    public static bool IsModern(this Revision revision) => revision >= Revision.V20260728;

    public static ReadOnlySpan<byte> Utf8(this Revision revision) => revision switch
    {
        Revision.V20241105 => "2024-11-05"u8,
        Revision.V20250326 => "2025-03-26"u8,
        Revision.V20250618 => "2025-06-18"u8,
        Revision.V20251125 => "2025-11-25"u8,
        _ => "2026-07-28"u8,
    };

    public static string Text(this Revision revision) => revision switch
    {
        Revision.V20241105 => "2024-11-05",
        Revision.V20250326 => "2025-03-26",
        Revision.V20250618 => "2025-06-18",
        Revision.V20251125 => "2025-11-25",
        _ => "2026-07-28",
    };

    public static bool TryParse(ReadOnlySpan<byte> text, out Revision revision)
    {
        foreach (var candidate in All)
        {
            if (text.SequenceEqual(candidate.Utf8()))
            {
                revision = candidate;
                return true;
            }
        }

        revision = default;
        return false;
    }

    public static bool TryParse(string? text, out Revision revision)
    {
        foreach (var candidate in All)
        {
            if (candidate.Text() == text)
            {
                revision = candidate;
                return true;
            }
        }

        revision = default;
        return false;
    }

    /// <summary>Whether a version string names the modern era: dates order as text, so later revisions count too.</summary>
    public static bool IsModernText(string? text) =>
        text is { Length: 10 } && string.CompareOrdinal(text, "2026-07-28") >= 0;
}
