using McpHub.LoadTests.Cases;

namespace McpHub.LoadTests.Reporting;

/// <summary>Something that the gateway is held to: a figure of one case, by itself or divided by that of its reference.</summary>
/// <param name="Name">What is compared.</param>
/// <param name="Case">The case under test.</param>
/// <param name="Reference">The case beside it; <see langword="null"/> if the figure stands by itself.</param>
/// <param name="Figure">The figure.</param>
/// <param name="Limit">What it has to reach, or to stay under; <see langword="null"/> if it is only shown.</param>
/// <param name="IsUpper">Whether the limit is an upper one.</param>
internal sealed record Bar(
    string Name, string Case, string? Reference, Func<Measurement, double> Figure, double? Limit, bool IsUpper)
{
    public static IReadOnlyList<Bar> All { get; } =
    [
        new("native / bare, CPU a request", CaseNames.Native, CaseNames.Bare, Cpu, 1.25, IsUpper: true),
        new("native / bare, throughput", CaseNames.Native, CaseNames.Bare, Throughput, 0.75, IsUpper: false),
        new("native-method / bare, CPU a request", CaseNames.NativeMethod, CaseNames.Bare, Cpu, 1.25, IsUpper: true),
        new("native-method / bare, throughput", CaseNames.NativeMethod, CaseNames.Bare, Throughput, 0.75, IsUpper: false),
        new("cached / bare, CPU a request", CaseNames.Cached, CaseNames.Bare, Cpu, 1.35, IsUpper: true),
        new("cached / upstream, throughput", CaseNames.Cached, CaseNames.Upstream, Throughput, null, IsUpper: false),
        new("http / proxy, CPU a request", CaseNames.Http, CaseNames.Proxy, Cpu, 1.1, IsUpper: true),
        new("http / proxy-client, CPU a request", CaseNames.Http, CaseNames.ProxyClient, Cpu, 1.1, IsUpper: true),
        new("http / proxy, throughput", CaseNames.Http, CaseNames.Proxy, Throughput, null, IsUpper: false),
        new("governed-native / bare, CPU a request", CaseNames.GovernedNative, CaseNames.Bare, Cpu, 1.35, IsUpper: true),
        new("governed-native / bare, throughput", CaseNames.GovernedNative, CaseNames.Bare, Throughput, 0.75, IsUpper: false),
        new("governed-cached / bare, CPU a request", CaseNames.GovernedCached, CaseNames.Bare, Cpu, 1.35, IsUpper: true),
        new("governed-cached / bare, throughput", CaseNames.GovernedCached, CaseNames.Bare, Throughput, 0.75, IsUpper: false),
        new("governed-proxy / proxy, CPU a request", CaseNames.GovernedProxy, CaseNames.Proxy, Cpu, 1.15, IsUpper: true),
        new("governed-proxy / proxy, throughput", CaseNames.GovernedProxy, CaseNames.Proxy, Throughput, null, IsUpper: false),
        new("governed-native / native, CPU a request", CaseNames.GovernedNative, CaseNames.Native, Cpu, null, IsUpper: true),
        .. CaseNames.Stages.Keys.Select(name => new Bar($"{name} / native, CPU a request", name, CaseNames.Native, Cpu, null, IsUpper: true)),
        new("zipf / zipf-uncached, throughput", CaseNames.Zipf, CaseNames.ZipfUncached, Throughput, 3, IsUpper: false),
        new("zipf-tight / zipf-uncached, throughput", CaseNames.ZipfTight, CaseNames.ZipfUncached, Throughput, null, IsUpper: false),
        new("zipf, hit ratio", CaseNames.Zipf, null, HitRatio, 0.8, IsUpper: false),
        new("zipf-tight, hit ratio", CaseNames.ZipfTight, null, HitRatio, 0.8, IsUpper: false),
        new("stdio / stdio-echo, throughput", CaseNames.Stdio, CaseNames.StdioEcho, Throughput, null, IsUpper: false),
        new("stdio-downstream / stdio-echo, throughput", CaseNames.StdioDownstream, CaseNames.StdioEcho, Throughput, null, IsUpper: false),
        new("stdio-downstream, calls/s", CaseNames.StdioDownstream, null, Throughput, 100_000, IsUpper: false),
        new("list, p50 ms", CaseNames.List, null, static measured => measured.P50Ms, 1, IsUpper: true),
    ];

    public bool? IsMetBy(double value) => Limit is not { } limit ? null : IsUpper ? value <= limit : value >= limit;

    private static double Cpu(Measurement measured) => measured.CpuUs;

    private static double HitRatio(Measurement measured) => measured.HitRatio ?? 0;

    private static double Throughput(Measurement measured) => measured.RequestsPerSecond;
}
