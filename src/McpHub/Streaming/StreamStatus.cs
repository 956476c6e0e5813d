namespace McpHub.Streaming;

/// <summary>How far a stream is.</summary>
internal enum StreamStatus : byte
{
    Running,

    /// <summary>The tool has given its result, perhaps one that says that it failed.</summary>
    Completed,

    /// <summary>There will be no result; the error says why.</summary>
    Failed,

    /// <summary>The reader has cancelled it, or has gone.</summary>
    Cancelled,
}
