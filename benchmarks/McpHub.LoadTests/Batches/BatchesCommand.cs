using System.Diagnostics;
using System.Globalization;
using McpHub.LoadTests.Cases;
using McpHub.LoadTests.CommandLine;
using McpHub.LoadTests.Processes;
using McpHub.LoadTests.Reporting;
using McpHub.LoadTests.Servers;

namespace McpHub.LoadTests.Batches;

/// <summary>
/// <c>batches</c>: the same calls to a server that takes its time, one after the other, from a pool of clients, and as batches; side by
/// side in each round.
/// </summary>
internal static class BatchesCommand
{
    private const int PoolSize = 10;

    // Of a hundred items so many ask for what another one asks for too.
    private const int EqualPercent = 30;

    // A single batch of a hundred is over after two rounds of the server's delay, whatever is left out of it: only where batches compete
    // for the server is there anything to gain by asking it less.
    private const int Competing = 4;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var (calls, delay, rounds) = (arguments.Number("calls", 100), arguments.Number("delay", 5), arguments.Number("rounds", 15));
        var duration = arguments.Seconds("duration", 1);
        var path = arguments.Text("gateway") ?? Repository.GatewayPath();
        using var limit = new CancellationTokenSource(Deadline);
        var upstreamPort = Loopback.FreePort();
        using var upstream = ChildProcess.Start(ProcessCommand.ServeOn(upstreamPort, "upstream", "--era", "modern", "--delay", $"{delay}"));
        var upstreamUrl = await ReadyAsync(upstream, upstreamPort, limit.Token);

        var port = Loopback.FreePort();
        using var config = GatewayConfigFile.InFrontOf(port, upstreamUrl);
        using var gateway = ChildProcess.Start(ProcessCommand.Gateway(path, "serve", config.FilePath));
        var url = await ReadyAsync(gateway, port, limit.Token);
        var fixedPort = Loopback.FreePort();
        using var fixedConfig = GatewayConfigFile.InFrontOf(fixedPort, upstreamUrl).WithFixedPool(PoolSize);
        using var fixedGateway = ChildProcess.Start(ProcessCommand.Gateway(path, "serve", fixedConfig.FilePath));
        var fixedUrl = await ReadyAsync(fixedGateway, fixedPort, limit.Token);

        using var http = new HttpClient();
        var equal = calls * EqualPercent / 100;

        // Written once: what the generator does takes from what the gateway can.
        var (different, partlyEqual) = (BatchCalls.Batch(calls, equal: 0), BatchCalls.Batch(calls, equal));
        (string Name, Func<Task> Run)[] cases =
        [
            ("one after the other", () => BatchCalls.OneByOneAsync(http, url, calls, limit.Token)),
            ($"single calls, {PoolSize} at a time", () => BatchCalls.PoolAsync(http, url, calls, PoolSize, limit.Token)),
            ($"hub_batch, fixed pool of {PoolSize}", () => BatchCalls.BatchAsync(http, fixedUrl, different, calls, 0, limit.Token)),
            ("hub_batch", () => BatchCalls.BatchAsync(http, url, different, calls, 0, limit.Token)),
            ($"hub_batch, {EqualPercent} % equal", () => BatchCalls.BatchAsync(http, url, partlyEqual, calls, equal, limit.Token)),
            ($"{Competing} hub_batch at once", () => AtOnceAsync(() => BatchCalls.BatchAsync(http, url, different, calls, 0, limit.Token))),
            ($"{Competing} at once, {EqualPercent} % equal", () => AtOnceAsync(() => BatchCalls.BatchAsync(http, url, partlyEqual, calls, equal, limit.Token))),
        ];
        int[] made = [calls, calls, calls, calls, calls, calls * Competing, calls * Competing];
        for (var i = 0; i < cases.Length; i++)
            await MeasureAsync(cases[i].Run, made[i], TimeSpan.FromSeconds(1));

        var measured = cases.Select(_ => new List<double>()).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < cases.Length; i++)
                measured[i].Add(await MeasureAsync(cases[i].Run, made[i], duration));
        }

        for (var i = 0; i < cases.Length; i++)
            Print($"{cases[i].Name,-32} {Statistics.Median(measured[i]),8:0} calls/s   ({measured[i].Min():0} to {measured[i].Max():0})");
        bool[] bars =
        [
            Compare("hub_batch / one after the other", measured[3], measured[0], 5),
            Compare($"hub_batch / single calls, {PoolSize} at a time", measured[3], measured[1], 1.4),
            Compare($"hub_batch / fixed pool of {PoolSize}", measured[3], measured[2], 1.4),
            Compare($"{Competing} hub_batch at once, {EqualPercent} % equal / none", measured[6], measured[5], 1.25),
        ];
        Print($"{$"one hub_batch, {EqualPercent} % equal / none",-44} {Ratio(measured[4], measured[3]):0.00}");
        return bars.All(isMet => isMet) ? 0 : 1;
    }

    private static Task AtOnceAsync(Func<Task> run) => Task.WhenAll(Enumerable.Range(0, Competing).Select(_ => run()));

    private static async Task<Uri> ReadyAsync(ChildProcess process, int port, CancellationToken cancellationToken)
    {
        var root = new Uri($"http://127.0.0.1:{port}");
        await Readiness.WaitForHealthAsync(process, new Uri(root, LoopbackHost.ReadyPath), cancellationToken);
        return new Uri(root, LoopbackHost.McpPath);
    }

    /// <returns>Calls a second.</returns>
    private static async Task<double> MeasureAsync(Func<Task> run, int calls, TimeSpan duration)
    {
        var started = Stopwatch.GetTimestamp();
        var done = 0;
        do
        {
            await run();
            done += calls;
        }
        while (Stopwatch.GetElapsedTime(started) < duration);
        return done / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>The median of the rounds' own ratios: what the machine does meanwhile falls on both of a round.</summary>
    private static double Ratio(List<double> ofCase, List<double> ofReference) => Statistics.Median([.. ofCase.Zip(ofReference, (a, b) => a / b)]);

    private static bool Compare(string name, List<double> ofCase, List<double> ofReference, double bar)
    {
        var ratio = Ratio(ofCase, ofReference);
        Print($"{name,-44} {ratio:0.00}   (at least {bar}: {(ratio >= bar ? "met" : "NOT MET")})");
        return ratio >= bar;
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
