using System.Globalization;

namespace McpHub.LoadTests.Processes;

/// <summary>What a process and those it started have used until now, as <c>/proc</c> tells it.</summary>
/// <param name="OwnCpu">User and system time of the process itself.</param>
/// <param name="ChildrenCpu">That of all processes below it, living and reaped.</param>
/// <param name="ResidentBytes">The process's own memory in RAM.</param>
internal readonly record struct ProcessUsage(TimeSpan OwnCpu, TimeSpan ChildrenCpu, long ResidentBytes)
{
    public static ProcessUsage Read(int pid)
    {
        if (ProcStat.TryRead(pid) is not { } own)
            throw new InvalidOperationException($"Process {pid} has ended.");

        var children = own.ReapedCpu;
        var all = ReadAll();
        foreach (var stat in DescendantsOf(pid, all))
            children += stat.Cpu + stat.ReapedCpu;
        return new ProcessUsage(own.Cpu, children, own.ResidentPages * Environment.SystemPageSize);
    }

    private static List<ProcStat> ReadAll()
    {
        var all = new List<ProcStat>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && ProcStat.TryRead(pid) is { } stat)
            {
                all.Add(stat);
            }
        }

        return all;
    }

    private static IEnumerable<ProcStat> DescendantsOf(int pid, List<ProcStat> all) =>
        all.Where(stat => stat.ParentPid == pid).SelectMany(stat => DescendantsOf(stat.Pid, all).Prepend(stat));
}
