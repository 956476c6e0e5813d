namespace McpHub;

/// <summary>
/// Has a native tool's method go on in a task (extension <c>io.modelcontextprotocol/tasks</c>) for clients that take tasks: the call
/// is answered at once, and its result fetched later. For other clients the method runs within the call, as any does.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RunsAsTaskAttribute : Attribute
{
    /// <summary>How long the task can be asked for after it was made; when that is over, a method that still runs is cancelled.</summary>
    /// <value>Seconds, 1 to 604800 (a week). 3600 by default.</value>
    public int TimeToLiveSeconds { get; set; } = 3600;

    /// <summary>How often clients should ask.</summary>
    /// <value>Milliseconds, at least 1. 1000 by default.</value>
    public int PollIntervalMs { get; set; } = 1000;

    /// <summary>Whether the method takes so long that it runs in a task or not at all: clients that take none are refused.</summary>
    /// <value><see langword="false"/> by default.</value>
    public bool Required { get; set; }
}
