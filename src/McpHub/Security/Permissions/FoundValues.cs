namespace McpHub.Security.Permissions;

/// <summary>What a test found out about the values that a pointer may mean.</summary>
[Flags]
internal enum FoundValues : byte
{
    /// <summary>There is no such value.</summary>
    None = 0,

    /// <summary>One passes.</summary>
    Passes = 1,

    /// <summary>One doesn't.</summary>
    Fails = 2,

    /// <summary>Of one it can't be told: its text is no Unicode, or too long to be looked at.</summary>
    Unknown = 4,
}
