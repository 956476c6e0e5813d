using System.Text;
using System.Text.Json;
using McpHub.Catalog;
using McpHub.Protocol;

namespace McpHub.Bridging;

/// <summary>Content blocks, prompt messages and resource contents for clients whose revision lacks some of their kinds or members.</summary>
internal static class ContentTranslator
{
    /// <summary>Where an audio block is put that the client's revision has no block for.</summary>
    private const string AudioUri = UriMap.Scheme + "content/audio";

    /// <summary>Whether anything of a server of one revision could be unknown to a client of the other.</summary>
    public static bool IsNeeded(Revision from, Revision to, UriMap uris) => !uris.IsIdentity || (from > to && to < Revision.V20251125);

    /// <summary>Writes an array of content blocks, messages or resource contents.</summary>
    public static void Write(Utf8Buffer buffer, ReadOnlySpan<byte> json, Revision to, UriMap uris)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = EnvelopeReader.MaxDepth });
        using var document = JsonDocument.ParseValue(ref reader);
        using var writer = new Utf8JsonWriter(buffer, JsonDefaults.Writer);
        if (document.RootElement.ValueKind != JsonValueKind.Array)
        {
            document.RootElement.WriteTo(writer);
            return;
        }

        writer.WriteStartArray();
        foreach (var block in document.RootElement.EnumerateArray())
        {
            WriteBlock(writer, block, to, uris);
        }

        writer.WriteEndArray();
    }

    private static void WriteBlock(Utf8JsonWriter writer, JsonElement block, Revision to, UriMap uris)
    {
        if (block.ValueKind != JsonValueKind.Object)
        {
            block.WriteTo(writer);
            return;
        }

        switch (TypeOf(block))
        {
            case "resource_link" when to < Revision.V20250618:
                WriteLinkAsText(writer, block, uris);
                break;
            case "audio" when to < Revision.V20250326:
                WriteAudioAsResource(writer, block);
                break;
            default:
                WriteObject(writer, block, to, uris);
                break;
        }
    }

    private static string? TypeOf(JsonElement block) =>
        block.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String ? type.GetString() : null;

    private static void WriteObject(Utf8JsonWriter writer, JsonElement block, Revision to, UriMap uris)
    {
        writer.WriteStartObject();
        foreach (var member in block.EnumerateObject())
        {
            if (!Exists(member.Name, to))
            {
                continue;
            }

            writer.WritePropertyName(member.Name);
            if (member.Name == "uri" && member.Value.ValueKind == JsonValueKind.String)
            {
                writer.WriteStringValue(uris.Show(member.Value.GetString()!));
            }
            else if (member.Name is "resource" or "content" or "annotations" && member.Value.ValueKind == JsonValueKind.Object)
            {
                // A message's content is a block; an embedded resource has members of its own.
                WriteBlock(writer, member.Value, to, uris);
            }
            else
            {
                member.Value.WriteTo(writer);
            }
        }

        writer.WriteEndObject();
    }

    private static bool Exists(string member, Revision revision) => member switch
    {
        "_meta" or "title" or "lastModified" => revision >= Revision.V20250618,
        "icons" => revision >= Revision.V20251125,
        _ => true,
    };

    private static void WriteLinkAsText(Utf8JsonWriter writer, JsonElement link, UriMap uris)
    {
        var text = new StringBuilder();
        foreach (var name in (ReadOnlySpan<string>)["title", "name", "description", "mimeType"])
        {
            if (link.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String)
            {
                text.Append(name).Append(": ").Append(value.GetString()).Append('\n');
            }
        }

        var uri = link.TryGetProperty("uri", out var json) && json.ValueKind == JsonValueKind.String ? json.GetString()! : "";
        text.Append("uri: ").Append(uris.Show(uri));
        writer.WriteStartObject();
        writer.WriteString("type", "text");
        writer.WriteString("text", text.ToString());
        writer.WriteEndObject();
    }

    /// <summary>2024-11-05 has no audio, but it has embedded resources of any type: the sound is not lost.</summary>
    private static void WriteAudioAsResource(Utf8JsonWriter writer, JsonElement audio)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "resource");
        writer.WriteStartObject("resource");
        writer.WriteString("uri", AudioUri);
        foreach (var (from, to) in (ReadOnlySpan<(string, string)>)[("mimeType", "mimeType"), ("data", "blob")])
        {
            if (audio.TryGetProperty(from, out var value))
            {
                writer.WritePropertyName(to);
                value.WriteTo(writer);
            }
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
