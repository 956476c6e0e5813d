namespace McpHub.Streaming;

/// <summary>What became of a wish to start a stream.</summary>
internal enum AdmissionOutcome : byte
{
    Admitted,

    /// <summary>There is no place, and as many wait as may.</summary>
    QueueFull,

    /// <summary>It waited, and made room for one of a higher priority.</summary>
    Displaced,

    /// <summary>There was no place in time.</summary>
    TimedOut,

    /// <summary>No streams are taken any more.</summary>
    Closed,
}
