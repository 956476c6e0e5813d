using System.ComponentModel;
using ModelContextProtocol.Server;

namespace McpHub.NativeTools.Swarm;

/// <summary>The tools of the pack <c>swarm</c>: a small book of agents and of what each has to do.</summary>
[McpServerToolType]
internal sealed class SwarmTools(SwarmStore store)
{
    /// <summary>The pack's name in <c>gateway.packs</c>.</summary>
    public const string Name = "swarm";

    private const string Agents = "agent_management";
    private const string Tasks = "task_management";
    private const string Control = "swarm_control";

    [ToolCategory(Agents)]
    [McpServerTool(Name = "create_swarm_agent", Title = "Create an agent", Destructive = false, OpenWorld = false, UseStructuredContent = true)]
    [Description("Adds an agent to the swarm, and answers with it.")]
    public SwarmAgent CreateAgent(
        [Description("What the agent is called; 1 to 100 characters.")] string name,
        [Description("What kind of agent it is; 'worker' if absent.")] string role = SwarmStore.DefaultRole,
        [Description("What it can do; up to 50 words.")] string[]? capabilities = null) => store.CreateAgent(name, role, capabilities ?? []);

    [ToolCategory(Agents)]
    [CacheResult(IsShared = true, Tags = [SwarmTags.All])]
    [McpServerTool(Name = "list_swarm_agents", Title = "List agents", ReadOnly = true, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Lists the agents of the swarm, the oldest first.")]
    public SwarmAgents ListAgents(
        [Description("Only those of this role.")] string? role = null,
        [Description("Only those that are 'idle' or 'busy'.")] string? status = null) => new(store.ListAgents(role, status));

    [ToolCategory(Agents)]
    [CacheResult(IsShared = true, Tags = [SwarmTags.Agent])]
    [McpServerTool(Name = "get_swarm_agent", Title = "Get an agent", ReadOnly = true, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Tells of one agent.")]
    public SwarmAgent GetAgent([Description("The agent's id.")] string agentId) => store.GetAgent(agentId);

    [ToolCategory(Tasks)]
    [McpServerTool(Name = "assign_swarm_task", Title = "Assign a task", Destructive = false, OpenWorld = false, UseStructuredContent = true)]
    [Description("Gives an agent something to do: the one that is named, or of those that fit the one with the least to do.")]
    public SwarmTask AssignTask(
        [Description("What is to be done; 1 to 2,000 characters.")] string description,
        [Description("The agent's id.")] string? agentId = null,
        [Description("A capability that the agent must have, if none is named.")] string? capability = null,
        [Description("0 to 9; the higher, the sooner.")] int priority = 5) => store.AssignTask(description, agentId, capability, priority);

    [ToolCategory(Tasks)]
    [McpServerTool(Name = "complete_swarm_task", Title = "Complete a task", Destructive = false, OpenWorld = false, UseStructuredContent = true)]
    [Description("Says that a task is done, or has failed.")]
    public SwarmTask CompleteTask(
        [Description("The task's id.")] string taskId,
        [Description("What came of it; up to 10,000 characters.")] string? result = null,
        [Description("Whether it failed.")] bool failed = false) => store.CompleteTask(taskId, result, failed);

    [ToolCategory(Tasks)]
    [CacheResult(IsShared = true, Tags = [SwarmTags.All])]
    [McpServerTool(Name = "list_swarm_tasks", Title = "List tasks", ReadOnly = true, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Lists tasks: those to do, the highest priority first, and then those that have ended, the last one first.")]
    public SwarmTasks ListTasks(
        [Description("Only those of this agent.")] string? agentId = null,
        [Description("Only those that are 'assigned', 'completed' or 'failed'.")] string? status = null,
        [Description("How many at most; 1 to 500.")] int limit = 100,
        [Description("How many to leave out.")] int offset = 0) => new(store.ListTasks(agentId, status, limit, offset));

    [ToolCategory(Control)]
    [McpServerTool(Name = "scale_swarm", Title = "Scale the swarm", Destructive = true, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Sees to it that there are so many agents of a role: makes new ones, or removes idle ones, the youngest first. Busy ones stay.")]
    public SwarmScale Scale(
        [Description("How many agents; 0 to 1000.")] int count,
        [Description("Of which role; 'worker' if absent.")] string role = SwarmStore.DefaultRole) => store.Scale(role, count);

    [ToolCategory(Control)]
    [CacheResult(IsShared = true, Tags = [SwarmTags.All])]
    [McpServerTool(Name = "get_swarm_status", Title = "Swarm status", ReadOnly = true, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Tells how many agents and tasks there are.")]
    public SwarmStatus GetStatus() => store.Status();
}
