namespace McpHub.RateLimiting;

/// <summary>What came of asking for a permit.</summary>
internal enum TakeOutcome : byte
{
    Taken,

    /// <summary>There is none now.</summary>
    Refused,

    /// <summary>The count was given up because nothing was counted any more; there is a new one to ask.</summary>
    Gone,
}
