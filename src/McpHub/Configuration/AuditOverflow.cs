namespace McpHub.Configuration;

/// <summary>What becomes of a request when the audit has no room for its line.</summary>
public enum AuditOverflow
{
    /// <summary>It waits for room, and is refused if there is none for ten seconds.</summary>
    Wait,

    /// <summary>It is refused at once.</summary>
    Refuse,
}
