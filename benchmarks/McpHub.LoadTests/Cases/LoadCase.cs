using McpHub.LoadTests.Load;
using McpHub.LoadTests.Processes;
using McpHub.LoadTests.Reporting;
using McpHub.LoadTests.Servers.Mcp;

namespace McpHub.LoadTests.Cases;

/// <summary>One thing that is put under load: a process that runs, and how it is driven.</summary>
internal abstract class LoadCase(string name, McpEra era, ChildProcess subject, IReadOnlyList<int> levels)
{
    public string Name => name;

    /// <summary>The numbers of requests in flight that it is measured with.</summary>
    public IReadOnlyList<int> Levels => levels;

    protected ChildProcess Subject => subject;

    public virtual Measurement Measure(LoadWindow window, int round, CancellationToken cancellationToken)
    {
        ProcessUsage before = default, after = default;
        TimeSpan generatorBefore = default, generatorAfter = default;
        var result = Drive(
            window,
            () => (before, generatorBefore) = (subject.Usage(), Environment.CpuUsage.TotalTime),
            () => (after, generatorAfter) = (subject.Usage(), Environment.CpuUsage.TotalTime),
            cancellationToken);
        var used = new ProcessUsage(after.OwnCpu - before.OwnCpu, after.ChildrenCpu - before.ChildrenCpu, after.ResidentBytes);
        return Measurement.Of(name, era, round, window, result, used, generatorAfter - generatorBefore);
    }

    protected abstract LoadResult Drive(LoadWindow window, Action started, Action ended, CancellationToken cancellationToken);
}
