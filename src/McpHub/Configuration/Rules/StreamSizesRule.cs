using McpHub.Configuration.Reading;

namespace McpHub.Configuration.Rules;

/// <summary>Each size of a stream lies below the next: low watermark, high watermark, one stream, all streams.</summary>
internal static class StreamSizesRule
{
    public static void Check(SectionReader section, StreamsConfig streams)
    {
        Compare(section, "lowWatermark", streams.LowWatermark, "highWatermark", streams.HighWatermark);
        Compare(section, "highWatermark", streams.HighWatermark, "maxBytes", streams.MaxBytes);
        Compare(section, "maxBytes", streams.MaxBytes, "maxTotalBytes", streams.MaxTotalBytes);
    }

    private static void Compare(SectionReader section, string lower, int less, string upper, int more)
    {
        // A part may come while the watermark is nearly reached; all streams together may hold as little as one may.
        if (less < more || (less == more && lower == "maxBytes"))
        {
            return;
        }

        var problem = new Problem(
            $"{lower} ({SizeParser.Format(less)}) is not below {upper} ({SizeParser.Format(more)})", $"Lower {lower}, or raise {upper}.");
        if (section.Node[lower] is not null)
        {
            section.Error(lower, problem);
        }
        else if (section.Node[upper] is not null)
        {
            section.Error(upper, problem);
        }
    }
}
