using McpHub.Catalog;
using McpHub.Protocol;

namespace McpHub.Bridging;

/// <summary>
/// Descriptions of tools, prompts and resources between revisions: what a client's revision doesn't have is left out, the rest stays
/// as the server wrote it.
/// </summary>
internal static class DefinitionTranslator
{
    /// <summary>The description under another name, and where configured with another description.</summary>
    public static ReadOnlyMemory<byte> ShowAs(ReadOnlyMemory<byte> json, ReadOnlySpan<byte> keyMember, string key, string name, string? description)
    {
        if (key == name && description is null)
        {
            return json;
        }

        using var buffer = Utf8Buffer.Rent(json.Length + 64);
        var copy = new ObjectCopy(buffer);
        var members = new JsonMembers(json.Span);
        while (members.MoveNext())
        {
            if (members.NameIs(keyMember))
            {
                copy.Member(keyMember, JsonText.Encode(name));
            }
            else if (description is null || !members.NameIs("description"u8))
            {
                copy.Copy(members);
            }
        }

        if (description is not null)
        {
            copy.Member("description"u8, JsonText.Encode(description));
        }

        copy.End();
        return buffer.Span.ToArray();
    }

    /// <summary>Writes an entry's description for clients of a revision.</summary>
    public static void Write(Utf8Buffer buffer, CatalogEntry entry, Revision to)
    {
        if (entry.Revision == to)
        {
            buffer.Write(entry.Definition.Span);
            return;
        }

        var wrap = entry.HasOpenOutput && !to.IsModern();
        var copy = new ObjectCopy(buffer);
        var members = new JsonMembers(entry.Definition.Span);
        while (members.MoveNext())
        {
            if (wrap && members.NameIs("outputSchema"u8) && Exists(ref members, to))
            {
                copy.Begin("outputSchema"u8);
                SchemaCopy.Wrapped(buffer, members.Value);
            }
            else if (Exists(ref members, to))
            {
                copy.Copy(members);
            }
        }

        copy.End();
    }

    /// <summary>A definition without its header annotations: over stdio they mean nothing, and invalid ones would hide the tool.</summary>
    public static ReadOnlyMemory<byte> WithoutHeaderAnnotations(ReadOnlyMemory<byte> json)
    {
        using var buffer = Utf8Buffer.Rent(json.Length);
        var copy = new ObjectCopy(buffer);
        var members = new JsonMembers(json.Span);
        while (members.MoveNext())
        {
            if (members.NameIs("inputSchema"u8))
            {
                copy.Begin("inputSchema"u8);
                SchemaCopy.WithoutHeaderAnnotations(buffer, members.Value);
            }
            else
            {
                copy.Copy(members);
            }
        }

        copy.End();
        return buffer.Span.ToArray();
    }

    /// <summary>Whether a revision has this member of a description.</summary>
    private static bool Exists(ref JsonMembers member, Revision revision)
    {
        if (member.NameIs("annotations"u8))
        {
            return revision >= Revision.V20250326;
        }

        if (member.NameIs("title"u8) || member.NameIs("_meta"u8) || member.NameIs("outputSchema"u8))
        {
            return revision >= Revision.V20250618;
        }

        if (member.NameIs("icons"u8))
        {
            return revision >= Revision.V20251125;
        }

        // Task support moved into an extension's own wire format (SEP-2663).
        return !member.NameIs("execution"u8) || revision == Revision.V20251125;
    }
}
