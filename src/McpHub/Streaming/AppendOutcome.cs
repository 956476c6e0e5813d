namespace McpHub.Streaming;

/// <summary>What became of a part that was given.</summary>
internal enum AppendOutcome : byte
{
    Taken,

    /// <summary>The stream would hold more than one may.</summary>
    StreamFull,

    /// <summary>All streams together would hold more than they may.</summary>
    AllFull,

    /// <summary>The stream has ended: nobody will read it.</summary>
    Ended,
}
