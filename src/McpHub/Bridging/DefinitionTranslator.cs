using System.Text.Json;
using System.Text.Json.Nodes;
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
                copy.Member("outputSchema"u8, WrapSchema(members.Value));
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
        var node = JsonNode.Parse(json.Span, documentOptions: JsonDefaults.Document)!;
        RemoveAnnotations(node["inputSchema"]);
        return JsonSerializer.SerializeToUtf8Bytes(node, JsonDefaults.Options);
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

    /// <summary>The schema of <c>{"result": …}</c>; references into the old root are moved with it.</summary>
    private static ReadOnlySpan<byte> WrapSchema(ReadOnlySpan<byte> schema)
    {
        var inner = JsonNode.Parse(schema, documentOptions: JsonDefaults.Document);
        Rebase(inner);
        var outer = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject { ["result"] = inner },
            ["required"] = new JsonArray("result"),
        };
        return JsonSerializer.SerializeToUtf8Bytes(outer, JsonDefaults.Options);
    }

    private static void Rebase(JsonNode? node)
    {
        if (node is JsonArray array)
        {
            foreach (var item in array)
            {
                Rebase(item);
            }
        }
        else if (node is JsonObject members)
        {
            foreach (var (name, value) in members.ToArray())
            {
                if (name is "$ref" or "$dynamicRef" && value is JsonValue text && text.TryGetValue<string>(out var reference)
                    && (reference == "#" || reference.StartsWith("#/", StringComparison.Ordinal)))
                {
                    members[name] = "#/properties/result" + reference[1..];
                }
                else
                {
                    Rebase(value);
                }
            }
        }
    }

    private static void RemoveAnnotations(JsonNode? node)
    {
        if (node is JsonArray array)
        {
            foreach (var item in array)
            {
                RemoveAnnotations(item);
            }
        }
        else if (node is JsonObject members)
        {
            members.Remove("x-mcp-header");
            foreach (var (_, value) in members)
            {
                RemoveAnnotations(value);
            }
        }
    }
}
