using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using McpHub.Bridging;
using McpHub.Protocol;

namespace McpHub.Catalog;

/// <summary>
/// One list as the bytes that answer it, for each revision and page. Written when a revision first asks, then served as they are.
/// </summary>
internal sealed class ReadyList(ListMember member, IReadOnlyList<CatalogEntry> entries, ListSettings settings)
{
    private readonly ReadOnlyMemory<byte>[]?[] _pages = new ReadOnlyMemory<byte>[]?[(int)Revisions.Latest + 1];
    private string? _epoch;

    public IReadOnlyList<CatalogEntry> Entries { get; } = entries;

    /// <summary>The page that a cursor names.</summary>
    /// <param name="revision">The client's revision.</param>
    /// <param name="cursor">The cursor as JSON with its quotes; empty for the first page.</param>
    /// <param name="page">The result object.</param>
    /// <returns><see langword="false"/> for a cursor that this list never gave, or gave before it changed.</returns>
    public bool TryGetPage(Revision revision, ReadOnlySpan<byte> cursor, out ReadOnlyMemory<byte> page)
    {
        // Two threads may both write the pages; they write the same.
        var pages = _pages[(int)revision] ??= Write(revision);
        var index = cursor.IsEmpty ? 0 : PageOf(JsonText.Decode(cursor));
        page = index >= 0 && index < pages.Length ? pages[index] : default;
        return !page.IsEmpty;
    }

    private int PageOf(string? cursor)
    {
        var prefix = Epoch() + ".";
        return cursor is not null && cursor.StartsWith(prefix, StringComparison.Ordinal)
            && int.TryParse(cursor.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var page) && page > 0
            ? page
            : -1;
    }

    private ReadOnlyMemory<byte>[] Write(Revision revision)
    {
        var count = Math.Max(1, (Entries.Count + settings.PageSize - 1) / settings.PageSize);
        var pages = new ReadOnlyMemory<byte>[count];
        using var buffer = Utf8Buffer.Rent();
        for (var page = 0; page < count; page++)
        {
            buffer.Clear();
            WritePage(buffer, revision, page, isLast: page == count - 1);
            pages[page] = buffer.Span.ToArray();
        }

        return pages;
    }

    private void WritePage(Utf8Buffer buffer, Revision revision, int page, bool isLast)
    {
        var copy = new ObjectCopy(buffer);
        if (revision.IsModern())
        {
            copy.Member("resultType"u8, "\"complete\""u8);
        }

        copy.Begin(member.Utf8());
        buffer.Write((byte)'[');
        var first = page * settings.PageSize;
        for (var i = first; i < Math.Min(first + settings.PageSize, Entries.Count); i++)
        {
            if (i > first)
            {
                buffer.Write((byte)',');
            }

            DefinitionTranslator.Write(buffer, Entries[i], revision);
        }

        buffer.Write((byte)']');
        if (!isLast)
        {
            copy.Member("nextCursor"u8, JsonText.Encode(string.Create(CultureInfo.InvariantCulture, $"{Epoch()}.{page + 1}")));
        }

        if (revision.IsModern())
        {
            ModernResult.WriteHints(ref copy, settings.Hints);
            ModernResult.WriteServerInfo(ref copy, settings.ServerInfo);
        }

        copy.End();
    }

    /// <summary>A short name of the list's content, so that a cursor into an older list is known as such.</summary>
    private string Epoch()
    {
        if (_epoch is null)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var entry in Entries)
            {
                hash.AppendData(Encoding.UTF8.GetBytes(entry.Name));
                hash.AppendData([0]);
                hash.AppendData(entry.Definition.Span);
            }

            _epoch = Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
        }

        return _epoch;
    }
}
