using ModelContextProtocol.Protocol;

namespace McpHub.ConformanceServer.Tools;

/// <summary>Tools that return each kind of content, one that fails, and one whose input schema must arrive untouched.</summary>
internal static class ContentTools
{
    public static FixtureTool[] EachKind { get; } =
    [
        new("test_simple_text", "Returns one text block.",
            () => ToolOutput.Text("This is a simple text response for testing.")),
        new("test_image_content", "Returns one image block.",
            () => ToolOutput.Of(ImageContentBlock.FromBytes(SampleMedia.Png, "image/png"))),
        new("test_audio_content", "Returns one audio block.",
            () => ToolOutput.Of(AudioContentBlock.FromBytes(SampleMedia.Wav, "audio/wav"))),
        new("test_embedded_resource", "Returns one embedded text resource.",
            () => ToolOutput.Of(Resource("test://embedded-resource", "text/plain", "This is an embedded resource content."))),
        new("test_multiple_content_types", "Returns a text, an image and a resource.",
            () => ToolOutput.Of(
                new TextContentBlock { Text = "Multiple content types test:" },
                ImageContentBlock.FromBytes(SampleMedia.Png, "image/png"),
                Resource("test://mixed-content-resource", "application/json", """{"test":"data","value":123}"""))),
    ];

    public static FixtureTool Failure { get; } = new(
        "test_error_handling",
        "Fails, with a result that says so.",
        () => ToolOutput.Error("This tool intentionally returns an error for testing"));

    public static FixtureTool RichSchema { get; } = new(
        "json_schema_2020_12_tool",
        "Has an input schema that uses the vocabulary of JSON Schema 2020-12.",
        () => ToolOutput.Text("The schema of this tool is its point."),
        """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "$defs": {
            "address": {
              "$anchor": "addressDef",
              "type": "object",
              "properties": { "street": { "type": "string" }, "city": { "type": "string" } }
            }
          },
          "properties": {
            "name": { "type": "string" },
            "address": { "$ref": "#/$defs/address" },
            "contactMethod": { "type": "string", "enum": ["phone", "email"] },
            "phone": { "type": "string" },
            "email": { "type": "string" }
          },
          "allOf": [{ "anyOf": [{ "required": ["phone"] }, { "required": ["email"] }] }],
          "if": { "properties": { "contactMethod": { "const": "phone" } }, "required": ["contactMethod"] },
          "then": { "required": ["phone"] },
          "else": { "required": ["email"] },
          "additionalProperties": false
        }
        """);

    private static EmbeddedResourceBlock Resource(string uri, string mimeType, string text) =>
        new() { Resource = new TextResourceContents { Uri = uri, MimeType = mimeType, Text = text } };
}
