namespace McpHub.Auditing;

/// <summary>Whose room in the queue a line takes.</summary>
internal enum AuditRoom : byte
{
    /// <summary>Requests, and the few lines that are nobody's.</summary>
    Requests,

    /// <summary>Credentials that were found good.</summary>
    SignIns,

    /// <summary>Credentials that were refused.</summary>
    Refusals,
}
