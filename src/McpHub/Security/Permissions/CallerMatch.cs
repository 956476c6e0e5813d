namespace McpHub.Security.Permissions;

/// <summary>Whether a rule is about a caller.</summary>
internal enum CallerMatch : byte
{
    No,

    /// <summary>It would be, had the caller been granted the scopes.</summary>
    LacksScopes,

    Yes,
}
