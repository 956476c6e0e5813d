using System.Text.Json;
using McpHub.Protocol;

namespace McpHub.Tests.Fuzzing;

/// <summary>A JSON value as a tree, read by the framework: what it is, where it lies, and what is in it.</summary>
internal sealed record JsonNodes(JsonTokenType Kind, Slice Slice, IReadOnlyList<(string? Name, JsonNodes Value)> Members)
{
    /// <summary>Reads one whole text.</summary>
    /// <exception cref="JsonException">It is no JSON, or nested too deep.</exception>
    public static JsonNodes Read(byte[] json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = EnvelopeReader.MaxDepth });
        reader.Read();
        var root = Read(ref reader);
        reader.Read();
        return root;
    }

    /// <summary>The text of the reader's token; <see langword="null"/> if it is JSON by its grammar and no text.</summary>
    public static string? TextOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static JsonNodes Read(ref Utf8JsonReader reader)
    {
        var kind = reader.TokenType;
        var start = (int)reader.TokenStartIndex;
        var members = new List<(string?, JsonNodes)>();
        while (kind is JsonTokenType.StartObject or JsonTokenType.StartArray && reader.Read()
            && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray))
        {
            string? name = null;
            if (kind == JsonTokenType.StartObject)
            {
                name = TextOf(ref reader);
                reader.Read();
            }

            members.Add((name, Read(ref reader)));
        }

        return new JsonNodes(kind, new Slice(start, (int)reader.BytesConsumed - start), members);
    }
}
