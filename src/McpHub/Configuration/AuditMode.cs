namespace McpHub.Configuration;

/// <summary>When an answer may go out.</summary>
public enum AuditMode
{
    /// <summary>At once; its line is written within a moment.</summary>
    Relaxed,

    /// <summary>When its line is on the disk.</summary>
    Durable,
}
