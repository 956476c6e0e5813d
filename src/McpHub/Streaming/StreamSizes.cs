using McpHub.Configuration;

namespace McpHub.Streaming;

/// <summary>The sizes of one stream, in bytes; they are those of the configuration that it was started under.</summary>
/// <param name="Low">Down to here the reader has to come before a paused producer goes on.</param>
/// <param name="High">From here on the producer is paused.</param>
/// <param name="Most">The most that is held of one that cannot be paused.</param>
internal readonly record struct StreamSizes(int Low, int High, int Most)
{
    public static StreamSizes Of(StreamsConfig config) => new(config.LowWatermark, config.HighWatermark, config.MaxBytes);
}
