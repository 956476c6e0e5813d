namespace McpHub.LoadTests.Reporting;

/// <summary>How long a process took from its start to its first answer to <c>tools/list</c>.</summary>
internal sealed record StartupResult(string Name, double MinMs, double MedianMs, double MaxMs, int Starts);
