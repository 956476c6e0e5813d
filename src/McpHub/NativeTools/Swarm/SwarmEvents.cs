namespace McpHub.NativeTools.Swarm;

/// <summary>Something in the swarm has changed, and is written down.</summary>
internal abstract record SwarmEvent;

/// <summary>There is another agent.</summary>
internal sealed record AgentCreated(string AgentId) : SwarmEvent;

/// <summary>An agent has another task.</summary>
internal sealed record TaskAssigned(string TaskId, string AgentId) : SwarmEvent;

/// <summary>A task has come to its end, well or not.</summary>
/// <param name="AgentId">Who had it; <see langword="null"/> if that agent is gone.</param>
internal sealed record TaskCompleted(string TaskId, string? AgentId) : SwarmEvent;

/// <summary>There are more or fewer agents of a role.</summary>
/// <param name="Changed">The agents that came or went.</param>
internal sealed record SwarmScaled(string Role, int Agents, IReadOnlyList<string> Changed) : SwarmEvent;
