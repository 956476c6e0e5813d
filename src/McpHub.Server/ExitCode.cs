namespace McpHub.Server;

/// <summary>What the process ends with.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>A server is down, or a call failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the configuration cannot be used.</summary>
    public const int Usage = 2;

    /// <summary>Ended by Ctrl+C before it was done, as shells have it.</summary>
    public const int Interrupted = 130;
}
