using McpHub.Protocol;

namespace McpHub.Streaming;

/// <summary>What one reading of a stream gives.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Offset">The number of the first part; that of the next one if there is none.</param>
/// <param name="Parts">The parts, each a JSON object.</param>
/// <param name="Status">How far the stream is.</param>
/// <param name="Outcome">What came of it, with the last page only.</param>
internal readonly record struct StreamPage(HubStream Stream, long Offset, IReadOnlyList<byte[]> Parts, StreamStatus Status, StreamOutcome? Outcome)
{
    /// <summary>The number to read from next, which acknowledges these parts.</summary>
    public long Next => Offset + Parts.Count;

    /// <summary>Whether nothing comes after it.</summary>
    public bool IsLast => Outcome is not null;

    /// <summary>Writes it as a JSON object.</summary>
    public void Write(Utf8Buffer buffer)
    {
        var page = new ObjectCopy(buffer);
        page.Begin("stream_id"u8);
        JsonText.Write(buffer, Stream.Id);
        page.Begin("status"u8);
        JsonText.Write(buffer, Status.ToString().ToLowerInvariant());
        page.Begin("offset"u8);
        buffer.Write(Offset);
        page.Begin("next_offset"u8);
        buffer.Write(Next);
        page.Member("done"u8, IsLast ? "true"u8 : "false"u8);
        page.Begin("parts"u8);
        buffer.Write((byte)'[');
        for (var i = 0; i < Parts.Count; i++)
        {
            if (i > 0)
            {
                buffer.Write((byte)',');
            }

            buffer.Write(Parts[i]);
        }

        buffer.Write((byte)']');
        if (Outcome is { } outcome)
        {
            page.Member(outcome.IsResult ? "result"u8 : "error"u8, outcome.Json.Span);
        }

        page.End();
    }
}
