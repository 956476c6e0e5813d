using System.Diagnostics;
using McpHub.LoadTests.Load;
using McpHub.LoadTests.Processes;
using McpHub.LoadTests.Reporting;
using McpHub.LoadTests.Servers.Mcp;

namespace McpHub.LoadTests.Cases;

/// <summary>Measures from the start of a process to its first answer to <c>tools/list</c>, over stdio, as a host does.</summary>
internal static class StartupMeasurement
{
    /// <summary>Starts the process several times, one after the other; the first start, from a cold disk, is not counted.</summary>
    public static StartupResult Run(string name, ProcessCommand command, int runs, CancellationToken cancellationToken)
    {
        StartOnce(command);
        var milliseconds = new List<double>();
        for (var run = 0; run < runs; run++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            milliseconds.Add(StartOnce(command).TotalMilliseconds);
        }

        return new StartupResult(name, milliseconds.Min(), Statistics.Median(milliseconds), milliseconds.Max(), runs);
    }

    private static TimeSpan StartOnce(ProcessCommand command)
    {
        var started = Stopwatch.GetTimestamp();
        using var process = ChildProcess.Start(command, usesPipes: true);
        StdioClient.Initialize(process);
        StdioClient.Call(process, LoadRequest.ListTools(McpEra.Legacy));
        return Stopwatch.GetElapsedTime(started);
    }
}
