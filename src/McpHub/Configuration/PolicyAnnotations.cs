namespace McpHub.Configuration;

/// <summary>
/// What a tool has to say of itself. What it doesn't say counts as the specification has it: not read-only, destructive, not
/// idempotent, open to the world. A read-only tool is not destructive.
/// </summary>
public sealed record PolicyAnnotations
{
    /// <summary>The value of <c>readOnlyHint</c>; absent for either.</summary>
    public bool? ReadOnlyHint { get; init; }

    /// <summary>The value of <c>destructiveHint</c>; absent for either.</summary>
    public bool? DestructiveHint { get; init; }

    /// <summary>The value of <c>idempotentHint</c>; absent for either.</summary>
    public bool? IdempotentHint { get; init; }

    /// <summary>The value of <c>openWorldHint</c>; absent for either.</summary>
    public bool? OpenWorldHint { get; init; }
}
