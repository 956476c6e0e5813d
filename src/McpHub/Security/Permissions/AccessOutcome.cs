namespace McpHub.Security.Permissions;

/// <summary>What the policy says to a request.</summary>
internal enum AccessOutcome : byte
{
    /// <summary>It is answered as if there were no such thing.</summary>
    Denied,

    /// <summary>It needs scopes that the caller lacks, and the caller is told.</summary>
    InsufficientScope,

    Allowed,
}
