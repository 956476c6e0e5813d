namespace McpHub.Configuration;

/// <summary>The <c>gateway.streams</c> section: results that are given in parts.</summary>
public sealed record StreamsConfig
{
    /// <summary>Whether the tools <c>hub_stream_start</c>, <c>hub_stream_read</c> and <c>hub_stream_cancel</c> are there.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The most streams that run at once.</summary>
    public int MaxActive { get; init; } = 1000;

    /// <summary>The most of them, running or ended, that are one caller's.</summary>
    public int MaxPerCaller { get; init; } = 250;

    /// <summary>The most starts that wait for a place.</summary>
    public int Queue { get; init; } = 100;

    /// <summary>How long one waits.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The bytes that wait for a stream's reader at which its tool is paused.</summary>
    public int HighWatermark { get; init; } = 128 * 1024;

    /// <summary>The bytes down to which the reader has to come before the tool goes on.</summary>
    public int LowWatermark { get; init; } = 32 * 1024;

    /// <summary>The most bytes that one stream holds, where its tool cannot be paused; and the longest whole result that is given in parts.</summary>
    public int MaxBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>The most bytes that all streams take together: what they hold, and what those that run may fill before they are paused. A quarter of it is the most that one caller's ended streams hold.</summary>
    public int MaxTotalBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>How long a stream goes on that nobody reads, or whose tool gives nothing.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a tool may take for all of a stream.</summary>
    public TimeSpan TotalTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a stream can be read after its end, from when it was last read.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromMinutes(5);
}
