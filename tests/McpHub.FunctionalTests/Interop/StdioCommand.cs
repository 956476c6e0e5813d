namespace McpHub.FunctionalTests.Interop;

/// <summary>The command that serves the gateway over standard input and output.</summary>
internal static class StdioCommand
{
    /// <summary>Why the tests that need the command are not run yet.</summary>
    public const string Missing = "The server has no 'stdio' command yet.";
}
