using McpHub.Protocol;

namespace McpHub.Upstreams;

/// <summary>How an upstream is at one moment: what operators and <c>hub_list_servers</c> are shown. Immutable.</summary>
internal sealed record UpstreamState
{
    public required UpstreamStatus Status { get; init; }

    /// <summary>Why it is not ready; <see langword="null"/> when it is.</summary>
    public string? Reason { get; init; }

    /// <summary>The revision that it is spoken to in; <see langword="null"/> until it was reached.</summary>
    public Revision? Revision { get; init; }

    /// <summary>What it calls itself, name and version.</summary>
    public string? ServerVersion { get; init; }

    /// <summary>How long it took to start, to open the session, to be listened to and to list everything.</summary>
    public TimeSpan StartTime { get; init; }

    /// <summary>When this state began; for a ready one also when its era was found out.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>How often it was started again.</summary>
    public int Restarts { get; init; }
}
