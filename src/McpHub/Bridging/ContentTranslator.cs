using McpHub.Catalog;
using McpHub.Protocol;

namespace McpHub.Bridging;

/// <summary>
/// Content blocks, prompt messages and resource contents for clients whose revision lacks some of their kinds or members. What stays
/// is copied as it came, also what is no valid Unicode: servers cut texts in the middle of a character.
/// </summary>
internal static class ContentTranslator
{
    /// <summary>Whether anything of a server of one revision could be unknown to a client of the other.</summary>
    public static bool IsNeeded(Revision from, Revision to, UriMap uris) => !uris.IsIdentity || (from > to && to < Revision.V20251125);

    // Where an audio block is put that the client's revision has no block for.
    private static ReadOnlySpan<byte> AudioHead => "{\"type\":\"resource\",\"resource\":{\"uri\":\"mcphub://content/audio\""u8;

    /// <summary>Writes an array of content blocks, messages or resource contents.</summary>
    public static void Write(Utf8Buffer buffer, ReadOnlySpan<byte> json, Revision to, UriMap uris)
    {
        if (json[0] != (byte)'[')
        {
            buffer.Write(json);
            return;
        }

        var separator = (byte)'[';
        var blocks = new JsonItems(json);
        while (blocks.MoveNext())
        {
            buffer.Write(separator);
            separator = (byte)',';
            WriteBlock(buffer, blocks.Value, to, uris);
        }

        buffer.Write(separator == (byte)'[' ? "[]"u8 : "]"u8);
    }

    private static void WriteBlock(Utf8Buffer buffer, ReadOnlySpan<byte> block, Revision to, UriMap uris)
    {
        JsonMembers.TryGet(block, "type"u8, out var type);
        if (to < Revision.V20250618 && JsonText.Is(type, "resource_link"u8))
        {
            WriteLinkAsText(buffer, block, uris);
        }
        else if (to < Revision.V20250326 && JsonText.Is(type, "audio"u8))
        {
            WriteAudioAsResource(buffer, block);
        }
        else
        {
            WriteObject(buffer, block, to, uris);
        }
    }

    private static void WriteObject(Utf8Buffer buffer, ReadOnlySpan<byte> json, Revision to, UriMap uris)
    {
        var members = new JsonMembers(json);
        if (!members.IsObject)
        {
            buffer.Write(json);
            return;
        }

        var copy = new ObjectCopy(buffer);
        while (members.MoveNext())
        {
            if (!Exists(ref members, to))
            {
                continue;
            }

            if (members.NameIs("uri"u8))
            {
                copy.Begin("uri"u8);
                WriteUri(buffer, members.Value, uris);
            }
            else if (members.NameIs("resource"u8) || members.NameIs("content"u8) || members.NameIs("annotations"u8))
            {
                // A message's content is a block; an embedded resource has members of its own.
                copy.Begin(members.Name[1..^1]);
                WriteBlock(buffer, members.Value, to, uris);
            }
            else
            {
                copy.Copy(members);
            }
        }

        copy.End();
    }

    private static bool Exists(ref JsonMembers member, Revision revision) =>
        member.NameIs("_meta"u8) || member.NameIs("title"u8) || member.NameIs("lastModified"u8) ? revision >= Revision.V20250618
        : !member.NameIs("icons"u8) || revision >= Revision.V20251125;

    private static void WriteUri(Utf8Buffer buffer, ReadOnlySpan<byte> json, UriMap uris)
    {
        if (!uris.IsIdentity && JsonText.Decode(json) is { } uri)
        {
            JsonText.Write(buffer, uris.Show(uri));
        }
        else
        {
            buffer.Write(json);
        }
    }

    private static void WriteLinkAsText(Utf8Buffer buffer, ReadOnlySpan<byte> link, UriMap uris)
    {
        buffer.Write("{\"type\":\"text\",\"text\":\""u8);
        WriteLine(buffer, link, "title"u8);
        WriteLine(buffer, link, "name"u8);
        WriteLine(buffer, link, "description"u8);
        WriteLine(buffer, link, "mimeType"u8);
        buffer.Write("uri: "u8);
        if (JsonMembers.TryGet(link, "uri"u8, out var uri) && uri[0] == (byte)'"')
        {
            using var shown = Utf8Buffer.Rent();
            WriteUri(shown, uri, uris);
            buffer.Write(shown.Span[1..^1]);
        }

        buffer.Write("\"}"u8);
    }

    /// <summary>Writes <c>name: value</c>; what stands between the quotes of a JSON string can stand in another one too.</summary>
    private static void WriteLine(Utf8Buffer buffer, ReadOnlySpan<byte> link, ReadOnlySpan<byte> name)
    {
        if (JsonMembers.TryGet(link, name, out var value) && value[0] == (byte)'"')
        {
            buffer.Write(name);
            buffer.Write(": "u8);
            buffer.Write(value[1..^1]);
            buffer.Write("\\n"u8);
        }
    }

    /// <summary>2024-11-05 has no audio, but it has embedded resources of any type: the sound is not lost.</summary>
    private static void WriteAudioAsResource(Utf8Buffer buffer, ReadOnlySpan<byte> audio)
    {
        buffer.Write(AudioHead);
        if (JsonMembers.TryGet(audio, "mimeType"u8, out var type))
        {
            buffer.Write(",\"mimeType\":"u8);
            buffer.Write(type);
        }

        if (JsonMembers.TryGet(audio, "data"u8, out var data))
        {
            buffer.Write(",\"blob\":"u8);
            buffer.Write(data);
        }

        buffer.Write("}}"u8);
    }
}
