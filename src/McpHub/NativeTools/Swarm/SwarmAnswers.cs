using System.Text.Json.Serialization;

namespace McpHub.NativeTools.Swarm;

/// <summary>One worker of the swarm, as clients see it.</summary>
/// <param name="Status"><c>busy</c> while it has a task to do, else <c>idle</c>.</param>
/// <param name="OpenTasks">How many tasks it has to do.</param>
internal sealed record SwarmAgent(
    string AgentId,
    string Name,
    string Role,
    IReadOnlyList<string> Capabilities,
    string Status,
    int OpenTasks,
    DateTimeOffset CreatedAt);

/// <summary>A list of agents; what clients of structured content get is always an object.</summary>
internal sealed record SwarmAgents(IReadOnlyList<SwarmAgent> Agents);

/// <summary>One piece of work, as clients see it.</summary>
/// <param name="AgentId">Who has it; <see langword="null"/> once that agent is gone.</param>
/// <param name="Priority">0 to 9; the higher, the sooner.</param>
/// <param name="Status"><c>assigned</c>, <c>completed</c> or <c>failed</c>.</param>
internal sealed record SwarmTask(
    string TaskId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? AgentId,
    string Description,
    int Priority,
    string Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Result,
    DateTimeOffset CreatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? CompletedAt);

/// <summary>A list of tasks.</summary>
internal sealed record SwarmTasks(IReadOnlyList<SwarmTask> Tasks);

/// <summary>What became of a wish to have so many agents of a role.</summary>
/// <param name="Agents">How many there are now: more than wanted when some are busy.</param>
internal sealed record SwarmScale(string Role, int Agents, IReadOnlyList<string> Created, IReadOnlyList<string> Removed);

/// <summary>The swarm in numbers.</summary>
internal sealed record SwarmStatus(int Agents, int Idle, int Busy, int TasksAssigned, int TasksCompleted, int TasksFailed, IReadOnlyDictionary<string, int> AgentsByRole);
