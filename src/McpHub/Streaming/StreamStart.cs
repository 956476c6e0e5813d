namespace McpHub.Streaming;

/// <summary>A stream that was started, or why it was not.</summary>
internal readonly record struct StreamStart(HubStream? Stream, string Refusal)
{
    public static StreamStart Refused(string why) => new(null, why);
}
