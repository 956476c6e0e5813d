using McpHub.Catalog;
using McpHub.Protocol;

namespace McpHub.Upstreams;

/// <summary>
/// Adds what every revision demands of a description and some servers leave out. Clients check a list as a whole: one tool without
/// its schema would take the tools of all other servers from them.
/// </summary>
internal static class DefinitionRepair
{
    /// <param name="json">The description.</param>
    /// <param name="list">The list that it is in.</param>
    /// <param name="key">Its name, URI or URI template as JSON with its quotes.</param>
    /// <returns>The description as it is, where nothing is missing.</returns>
    public static byte[] Complete(ReadOnlySpan<byte> json, ListMember list, ReadOnlySpan<byte> key)
    {
        if (list == ListMember.Tools)
        {
            var hasSchema = JsonMembers.TryGet(json, "inputSchema"u8, out var schema) && schema[0] == (byte)'{';
            return hasSchema && JsonMembers.TryGet(schema, "type"u8, out _) ? json.ToArray() : With(json, "inputSchema"u8, Typed(hasSchema ? schema : "{}"u8));
        }

        return list == ListMember.Prompts || (JsonMembers.TryGet(json, "name"u8, out var name) && name[0] == (byte)'"')
            ? json.ToArray()
            : With(json, "name"u8, key);
    }

    private static byte[] Typed(ReadOnlySpan<byte> schema) => With(schema, "type"u8, "\"object\""u8);

    private static byte[] With(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        using var buffer = Utf8Buffer.Rent(json.Length + value.Length + 32);
        var copy = new ObjectCopy(buffer);
        var members = new JsonMembers(json);
        while (members.MoveNext())
        {
            if (!members.NameIs(name))
            {
                copy.Copy(members);
            }
        }

        copy.Member(name, value);
        copy.End();
        return buffer.Span.ToArray();
    }
}
