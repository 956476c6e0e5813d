namespace McpHub.NativeTools.Swarm;

/// <summary>What cached answers about the swarm are made of.</summary>
internal static class SwarmTags
{
    /// <summary>Whatever lists or counts.</summary>
    public const string All = "swarm";

    /// <summary>What tells of one agent, by the argument of that name.</summary>
    public const string Agent = "agent:{agentId}";

    public static string Of(string agentId) => $"agent:{agentId}";
}
