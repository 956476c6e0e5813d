using McpHub.Catalog;
using McpHub.Protocol;

namespace McpHub.Caching;

/// <summary>A result as clients of one revision get it. Immutable.</summary>
/// <param name="Json">The result object.</param>
/// <param name="Ttl">Where in it the value of <c>ttlMs</c> lies, which gets less with time.</param>
/// <param name="Entry">What it was written for.</param>
internal sealed record ResultForm(byte[] Json, Slice Ttl, CatalogEntry Entry)
{
    /// <summary>Whether it is the same for another entry, as after a reload that changed something else.</summary>
    public bool Fits(CatalogEntry entry) =>
        ReferenceEquals(entry, Entry)
        || (entry.Uris.IsIdentity && Entry.Uris.IsIdentity && entry.HasOpenOutput == Entry.HasOpenOutput && entry.Revision == Entry.Revision);
}
