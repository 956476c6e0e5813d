namespace McpHub.Upstreams;

/// <summary>The stages of an upstream's life.</summary>
internal enum UpstreamStatus : byte
{
    /// <summary>Being started, probed and listed.</summary>
    Connecting,

    /// <summary>Answers calls, and is listed.</summary>
    Ready,

    /// <summary>Could not be reached or was lost; it is tried again after a pause, or when a call needs it.</summary>
    Down,

    /// <summary>Ended by the gateway.</summary>
    Stopped,
}
