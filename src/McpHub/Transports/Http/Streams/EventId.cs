using System.Globalization;

namespace McpHub.Transports.Http.Streams;

/// <summary>The id of an event: its stream, and its place there. Unique within the session; <c>3-1</c> is the first event of stream 3.</summary>
/// <param name="Stream">The number of the stream; 0 is the one of messages that belong to no request.</param>
/// <param name="Sequence">The place; 0 is where the stream begins, before its first message.</param>
internal readonly record struct EventId(int Stream, long Sequence)
{
    public static bool TryParse(string? text, out EventId id)
    {
        id = default;
        var dash = text?.IndexOf('-') ?? -1;
        if (dash < 0
            || !int.TryParse(text.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var stream)
            || !long.TryParse(text.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
        {
            return false;
        }

        id = new EventId(stream, sequence);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Stream}-{Sequence}");
}
