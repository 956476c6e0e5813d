namespace McpHub.Composition.Running;

/// <summary>What has come of a step. Each has exactly one in the end.</summary>
internal enum StepOutcome : byte
{
    /// <summary>It has not ended yet.</summary>
    Pending,

    Succeeded,

    /// <summary>Its condition did not hold, or what it needs was not there.</summary>
    Skipped,

    Failed,

    /// <summary>The composition ended before it did.</summary>
    Cancelled,
}
