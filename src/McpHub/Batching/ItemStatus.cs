namespace McpHub.Batching;

/// <summary>What became of an item.</summary>
internal enum ItemStatus : byte
{
    /// <summary>The tool ran and succeeded.</summary>
    Succeeded,

    /// <summary>The tool ran and said that it failed (<c>isError</c>).</summary>
    ToolError,

    /// <summary>The call was answered with an error: the tool is unknown, a limit is reached, the server is gone.</summary>
    Failed,

    /// <summary>The item itself is wrong: an id twice, a cycle, parameters that are none.</summary>
    Invalid,

    /// <summary>It was not begun, because of what became of another item.</summary>
    Skipped,

    /// <summary>The batch's time was over.</summary>
    TimedOut,

    /// <summary>The caller has cancelled the batch.</summary>
    Cancelled,
}
