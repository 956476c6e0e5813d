namespace McpHub.NativeTools.Swarm;

/// <summary>There is another agent.</summary>
/// <param name="AgentId">The agent.</param>
public sealed record AgentCreated(string AgentId) : ICacheEvent
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [SwarmTags.All];
}

/// <summary>An agent has another task.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="AgentId">Who has it.</param>
public sealed record TaskAssigned(string TaskId, string AgentId) : ICacheEvent
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [SwarmTags.All, SwarmTags.Of(AgentId)];
}

/// <summary>A task has come to its end, well or not.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="AgentId">Who had it; <see langword="null"/> if that agent is gone.</param>
public sealed record TaskCompleted(string TaskId, string? AgentId) : ICacheEvent
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => AgentId is null ? [SwarmTags.All] : [SwarmTags.All, SwarmTags.Of(AgentId)];
}

/// <summary>There are more or fewer agents of a role.</summary>
/// <param name="Role">The role.</param>
/// <param name="Agents">How many there are now.</param>
/// <param name="Changed">The ids of those that came or went.</param>
public sealed record SwarmScaled(string Role, int Agents, IReadOnlyList<string> Changed) : ICacheEvent
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [SwarmTags.All, .. Changed.Select(SwarmTags.Of)];
}
