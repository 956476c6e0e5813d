using System.Text.Json;
using McpHub.Protocol;

namespace McpHub.Batching;

/// <summary>One call's result out of the answer of a bulk tool.</summary>
/// <param name="Result">The result object, in the form of revision 2025-11-25.</param>
/// <param name="IsToolError">Whether it says that the tool failed.</param>
internal sealed record BulkPart(byte[] Result, bool IsToolError)
{
    /// <summary>
    /// What is a result of a tool already, with <c>content</c>, stays as it is; any other value becomes the structured content, if it
    /// is an object, and the text.
    /// </summary>
    public static BulkPart Of(ReadOnlySpan<byte> item)
    {
        if (JsonMembers.TryGet(item, "content"u8, out var content) && content[0] == '[')
        {
            return new BulkPart(item.ToArray(), JsonMembers.TryGet(item, "isError"u8, out var isError) && isError.SequenceEqual("true"u8));
        }

        using var buffer = Utf8Buffer.Rent(item.Length * 2 + 128);
        var result = new ObjectCopy(buffer);
        result.Begin("content"u8);
        buffer.Write("[{\"type\":\"text\",\"text\":"u8);
        if (item[0] == '"')
        {
            buffer.Write(item);
        }
        else
        {
            JsonText.Write(buffer, System.Text.Encoding.UTF8.GetString(item));
        }

        buffer.Write("}]"u8);
        if (item[0] == '{')
        {
            result.Member("structuredContent"u8, item);
        }

        result.End();
        return new BulkPart(buffer.Span.ToArray(), false);
    }

    /// <summary>Whether bytes that nobody has read yet are one JSON value.</summary>
    public static bool IsJson(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = EnvelopeReader.MaxDepth });
            while (reader.Read())
            {
                // Only whether it can be read.
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
