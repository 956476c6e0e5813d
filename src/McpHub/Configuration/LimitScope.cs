namespace McpHub.Configuration;

/// <summary>What a limit is counted for.</summary>
public enum LimitScope
{
    /// <summary>Each caller for itself.</summary>
    Caller,

    /// <summary>Each tool for itself, whoever calls it.</summary>
    Tool,

    /// <summary>Each server for itself.</summary>
    Server,

    /// <summary>All requests together.</summary>
    Global,
}
