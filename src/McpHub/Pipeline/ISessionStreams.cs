namespace McpHub.Pipeline;

/// <summary>The event streams that a transport keeps for one session, so that their client can come back to them. Thread-safe.</summary>
internal interface ISessionStreams
{
    /// <summary>Whether the client has a stream open: the session is in use as long as it has.</summary>
    bool IsOpen { get; }

    /// <summary>Forgets what the client has not come back for in time.</summary>
    void Sweep();

    /// <summary>Closes what the session itself keeps open; a call that runs still gets its answer out.</summary>
    void End();
}
