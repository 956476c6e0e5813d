using System.Globalization;
using System.Runtime;
using System.Runtime.InteropServices;
using McpHub.LoadTests.CommandLine;

namespace McpHub.LoadTests.Reporting;

/// <summary>Where, when and of what a run was made.</summary>
internal sealed record RunEnvironment(
    string Commit, string Date, string Command, string Runtime, string System, string Processor, int Cores, bool ServerGc)
{
    public static RunEnvironment Current() => new(
        Repository.Commit(),
        DateTimeOffset.UtcNow.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture),
        string.Join(' ', Environment.GetCommandLineArgs()[1..]),
        RuntimeInformation.FrameworkDescription,
        RuntimeInformation.OSDescription,
        ProcessorName(),
        Environment.ProcessorCount,
        GCSettings.IsServerGC);

    public override string ToString() =>
        $"{Date}, commit {Commit}, {Runtime}, {Cores} cores ({Processor}), server GC {(ServerGc ? "on" : "off")}";

    private static string ProcessorName() =>
        File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?
            .Split(':', 2)[1].Trim() ?? "unknown";
}
