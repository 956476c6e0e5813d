using System.Text.Json;

namespace McpHub.Protocol;

/// <summary>How the gateway writes JSON where it doesn't copy it.</summary>
internal static class JsonDefaults
{
    public static JsonSerializerOptions Options { get; } = new() { Encoder = JsonText.Encoder, MaxDepth = EnvelopeReader.MaxDepth };

    public static JsonWriterOptions Writer { get; } = new() { Encoder = JsonText.Encoder, MaxDepth = EnvelopeReader.MaxDepth, SkipValidation = true };

    public static JsonDocumentOptions Document { get; } = new() { MaxDepth = EnvelopeReader.MaxDepth };
}
