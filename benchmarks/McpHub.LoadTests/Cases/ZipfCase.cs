using McpHub.LoadTests.Load;
using McpHub.LoadTests.Processes;
using McpHub.LoadTests.Reporting;
using McpHub.LoadTests.Servers;

namespace McpHub.LoadTests.Cases;

/// <summary>A gateway whose cache counts what it answers: the hit ratio is that of the counted window.</summary>
internal sealed class ZipfCase(string name, ChildProcess subject, Uri endpoint, LoadRequest request, IReadOnlyList<int> levels)
    : HttpCase(name, subject, endpoint, request, levels)
{
    private readonly Uri _metrics = new(endpoint, LoopbackHost.MetricsPath);
    private CacheCounts _before;
    private CacheCounts _after;

    public override Measurement Measure(LoadWindow window, int round, CancellationToken cancellationToken) =>
        base.Measure(window, round, cancellationToken) with { HitRatio = _after.HitRatioSince(_before) };

    protected override LoadResult Drive(LoadWindow window, Action started, Action ended, CancellationToken cancellationToken) => base.Drive(
        window,
        () =>
        {
            _before = CacheCounts.Read(_metrics);
            started();
        },
        () =>
        {
            ended();
            _after = CacheCounts.Read(_metrics);
        },
        cancellationToken);
}
