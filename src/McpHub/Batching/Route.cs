namespace McpHub.Batching;

/// <summary>What bounds the calls of a tool, and how many it is for.</summary>
/// <param name="Server">The server's lane.</param>
/// <param name="Tier">The lane of its tier; <see langword="null"/> where the tier bounds nothing.</param>
/// <param name="Calls">How many calls they are: one at the server, and each by itself in the tier, where limits count them.</param>
internal readonly record struct Route(Lane Server, Lane? Tier, int Calls = 1)
{
    /// <summary>Whether there is a place: a group has one before all of its calls have, or single calls would go ahead of it for ever.</summary>
    public bool HasRoom => Server.HasRoom && Tier?.HasRoom != false;

    public void Enter()
    {
        Server.Enter();
        Tier?.Enter(Calls);
    }

    public void Leave(string tool, LatencySample sample)
    {
        Server.Leave(tool, sample);
        Tier?.Leave(Calls);
    }
}
