using System.Text;

namespace McpHub.Catalog;

/// <summary>Puts the servers' instructions together.</summary>
internal static class Instructions
{
    /// <summary>
    /// The gateway's own first, then each server's under its name. A single server's stand alone, as the server wrote them.
    /// </summary>
    /// <param name="own">The gateway's own.</param>
    /// <param name="parts">The servers.</param>
    /// <param name="shows">Which of them are shown.</param>
    public static string? Merge(string? own, IReadOnlyList<CatalogPart> parts, Func<ICatalogSource, bool> shows)
    {
        var given = parts.Where(p => !string.IsNullOrWhiteSpace(p.Offer.Instructions) && shows(p.Source)).ToArray();
        if (parts.Count == 1 && own is null)
        {
            return given.SingleOrDefault()?.Offer.Instructions;
        }

        var text = new StringBuilder(own);
        foreach (var part in given)
        {
            text.Append(text.Length > 0 ? "\n\n" : "").Append("## ").Append(part.Config.Name).Append('\n').Append(part.Offer.Instructions);
        }

        return text.Length > 0 ? text.ToString() : null;
    }
}
