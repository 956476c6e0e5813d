namespace McpHub.Batching;

/// <summary>What bounds the calls of a tool.</summary>
/// <param name="Server">The server's lane.</param>
/// <param name="Tier">The lane of its tier; <see langword="null"/> where the tier bounds nothing.</param>
internal readonly record struct Route(Lane Server, Lane? Tier)
{
    public bool HasRoom => Server.HasRoom && Tier?.HasRoom != false;

    public void Enter()
    {
        Server.Enter();
        Tier?.Enter();
    }

    public void Leave(string tool, LatencySample sample)
    {
        Server.Leave(tool, sample);
        Tier?.Leave(tool, LatencySample.None);
    }
}
