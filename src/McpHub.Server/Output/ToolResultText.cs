using System.Text.Json;
using McpHub.Protocol;

namespace McpHub.Server.Output;

/// <summary>What a tool answered, as text for people and for pipes.</summary>
internal static class ToolResultText
{
    /// <summary>The text of the content, one block after the other; the structured content where there is no other.</summary>
    public static string Of(ReadOnlySpan<byte> result)
    {
        using var document = Parse(result);
        var root = document.RootElement;
        var blocks = root.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.Array
            ? content.EnumerateArray().Select(Describe).ToArray()
            : [];
        return blocks.Length == 0 && root.TryGetProperty("structuredContent", out var structured)
            ? structured.GetRawText()
            : string.Join('\n', blocks);
    }

    /// <summary>Whether it is no answer yet but a question.</summary>
    public static bool AsksForInput(ReadOnlySpan<byte> result) =>
        JsonMembers.TryGet(result, "resultType"u8, out var type) && JsonText.Is(type, "input_required"u8);

    private static JsonDocument Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = EnvelopeReader.MaxDepth });
        return JsonDocument.ParseValue(ref reader);
    }

    private static string Describe(JsonElement block)
    {
        var type = block.Text("type");
        return type switch
        {
            "text" => block.Text("text") ?? "",
            "resource" when block.TryGetProperty("resource", out var resource) =>
                resource.Text("text") ?? $"[resource {resource.Text("uri")}]",
            "resource_link" => $"[resource {block.Text("uri")}]",
            _ => $"[{type} {block.Text("mimeType")}]",
        };
    }
}
