using System.Diagnostics;
using System.Globalization;
using McpHub.LoadTests.Cases;
using McpHub.LoadTests.CommandLine;
using McpHub.LoadTests.Processes;
using McpHub.LoadTests.Servers;

namespace McpHub.LoadTests.Streams;

/// <summary>
/// <c>streams</c>: half of many streams are read as fast as they come, alone and then beside another half whose readers are slow; says
/// how much the fast ones lose by it, and what memory all of them take.
/// </summary>
internal static class StreamsCommand
{
    private const int FastPage = 64 * 1024;
    private const int SlowPage = 4 * 1024;
    private const double Bar = 0.9;

    private static readonly TimeSpan SlowPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var count = arguments.Number("count", 1000);
        var rounds = arguments.Number("rounds", 3);
        var window = arguments.Seconds("duration", 5);
        using var limit = new CancellationTokenSource(Deadline);
        var (port, upstreamPort) = (Loopback.FreePort(), Loopback.FreePort());
        using var upstream = ChildProcess.Start(ProcessCommand.ServeOn(upstreamPort, "streaming"));
        await Readiness.WaitForHealthAsync(upstream, new Uri($"http://127.0.0.1:{upstreamPort}{LoopbackHost.ReadyPath}"), limit.Token);
        using var config = GatewayConfigFile.InFrontOf(port, new Uri($"http://127.0.0.1:{upstreamPort}{LoopbackHost.McpPath}")).Streaming(count, out var most);
        using var gateway = ChildProcess.Start(ProcessCommand.Gateway(arguments.Text("gateway") ?? Repository.GatewayPath(), "serve", config.FilePath));
        var root = new Uri($"http://127.0.0.1:{port}");
        await Readiness.WaitForHealthAsync(gateway, new Uri(root, LoopbackHost.ReadyPath), limit.Token);
        using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(1) };
        var gauge = new HeldGauge(http, new Uri(root, "/metrics"), gateway);
        Print($"gateway: {gateway.Usage().ResidentBytes >> 20} MiB before; all streams may hold {most >> 20} MiB together");

        var ratios = new List<double>();

        // The first round is for the compiler, and counts for nothing.
        await MeasureAsync(http, new Uri(root, LoopbackHost.McpPath), count / 2, window, gauge, limit.Token);
        for (var round = 0; round < rounds; round++)
            ratios.Add(await MeasureAsync(http, new Uri(root, LoopbackHost.McpPath), count / 2, window, gauge, limit.Token));

        ratios.Sort();
        var ratio = ratios[ratios.Count / 2];
        var isBounded = gauge.MostHeld <= most;
        Print($"fast readers beside slow ones: {ratio:0.00} of their speed alone (bar: {Bar}), median of {rounds} rounds");
        Print($"held at most: {gauge.MostHeld / 1048576.0:0.0} MiB of {most >> 20} MiB; gateway at most {gauge.MostResident >> 20} MiB in RAM");
        return ratio >= Bar && isBounded ? 0 : 1;
    }

    private static async Task<double> MeasureAsync(
        HttpClient http, Uri endpoint, int half, TimeSpan window, HeldGauge gauge, CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var fast = await StartAsync(http, endpoint, half, cancellationToken);
        var reading = fast.Select(reader => reader.ReadAsync(FastPage, TimeSpan.Zero, stopping.Token)).ToList();
        await Task.Delay(window, cancellationToken);
        var before = await SpeedAsync(fast, window, gauge, cancellationToken);
        var slow = await StartAsync(http, endpoint, half, cancellationToken);
        reading.AddRange(slow.Select(reader => reader.ReadAsync(SlowPage, SlowPause, stopping.Token)));

        // Until the slow ones are full: what fills them is no speed of the others.
        await Task.Delay(window, cancellationToken);
        var beside = await SpeedAsync(fast, window, gauge, cancellationToken);
        await Task.WhenAll(slow.Select(static reader => reader.CancelAsync()));
        await Task.Delay(window, cancellationToken);
        var after = await SpeedAsync(fast, window, gauge, cancellationToken);
        await stopping.CancelAsync();
        await Task.WhenAll(fast.Select(static reader => reader.CancelAsync()));

        // The slow ones' own reading ends with an error when their stream is cancelled.
        await Task.WhenAll(reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var alone = (before + after) / 2;
        Print($"{half} fast readers: {before:0} parts/s alone, {beside:0} beside {half} slow ones, {after:0} alone again: {beside / alone:0.00}");
        return beside / alone;
    }

    private static async Task<StreamReader[]> StartAsync(HttpClient http, Uri endpoint, int count, CancellationToken cancellationToken)
    {
        var readers = Enumerable.Range(0, count).Select(_ => new StreamReader(http, endpoint)).ToArray();
        await Task.WhenAll(readers.Select(reader => reader.StartAsync(cancellationToken)));
        return readers;
    }

    private static async Task<double> SpeedAsync(StreamReader[] readers, TimeSpan window, HeldGauge gauge, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var parts = readers.Sum(static reader => reader.Parts);
        await Task.Delay(window / 2, cancellationToken);
        await gauge.LookAsync(cancellationToken);
        await Task.Delay(window / 2, cancellationToken);
        return (readers.Sum(static reader => reader.Parts) - parts) / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
