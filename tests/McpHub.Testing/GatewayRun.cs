namespace McpHub.Testing;

/// <summary>A command that has ended.</summary>
/// <param name="ExitCode">What it ended with.</param>
/// <param name="Output">What it wrote to standard output.</param>
/// <param name="Errors">What it wrote to standard error.</param>
public sealed record GatewayRun(int ExitCode, string Output, string Errors);
