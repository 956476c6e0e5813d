namespace McpHub.Batching;

/// <summary>What bounds the calls of a tool.</summary>
/// <param name="Server">The server's lane.</param>
/// <param name="Tier">The lane of its tier; <see langword="null"/> where the tier bounds nothing.</param>
internal readonly record struct Route(Lane Server, Lane? Tier)
{
    public bool HasRoom => Server.HasRoom && Tier?.HasRoom != false;

    /// <summary>Takes a place at the server, and one in the tier for each call that there is room for: there, limits count them one by one.</summary>
    /// <param name="calls">How many calls would be made at once.</param>
    /// <returns>How many may be.</returns>
    public int Enter(int calls)
    {
        var most = Tier is null ? calls : Math.Min(calls, Tier.Limit - Tier.Running);
        Server.Enter(1);
        Tier?.Enter(most);
        return most;
    }

    public void Leave(int calls, string tool, LatencySample sample)
    {
        Server.Leave(tool, sample);
        Tier?.Leave(calls);
    }
}
