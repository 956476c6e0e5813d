using System.Diagnostics;
using System.Globalization;
using McpHub.LoadTests.Cases;
using McpHub.LoadTests.CommandLine;
using McpHub.LoadTests.Processes;
using McpHub.LoadTests.Servers;

namespace McpHub.LoadTests.Listeners;

/// <summary>
/// <c>listeners</c>: has many clients listen, changes the list of tools by a reload, and says how long it takes until all are told and
/// what a listener costs.
/// </summary>
internal static class ListenersCommand
{
    // As many at once as a listener's backlog takes.
    private const int ConnectingAtOnce = 256;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var count = arguments.Number("count", 10_000);
        var rounds = arguments.Number("rounds", 3);
        using var limit = new CancellationTokenSource(Deadline);
        var port = Loopback.FreePort();
        using var config = GatewayConfigFile.Alone(port);
        using var gateway = ChildProcess.Start(ProcessCommand.Gateway(arguments.Text("gateway") ?? Repository.GatewayPath(), "serve", config.FilePath));
        var root = new Uri($"http://127.0.0.1:{port}");
        await Readiness.WaitForHealthAsync(gateway, new Uri(root, LoopbackHost.ReadyPath), limit.Token);

        var idle = gateway.Usage();
        var listeners = Enumerable.Range(0, count).Select(_ => new ListenerConnection()).ToArray();
        try
        {
            var started = Stopwatch.GetTimestamp();
            await ConnectAsync(listeners, new Uri(root, LoopbackHost.McpPath), limit.Token);
            var open = gateway.Usage();
            Print($"{count} listeners are open after {Milliseconds(started)} ms");
            Print($"gateway: {idle.ResidentBytes >> 20} MiB before, {open.ResidentBytes >> 20} MiB with them: "
                + $"{(open.ResidentBytes - idle.ResidentBytes) / count / 1024.0:0.0} KiB a listener");
            for (var round = 0; round < rounds; round++)
                await TellAsync(listeners, gateway, () => config.ShowBuiltInTools(round % 2 == 1), limit.Token);
            Print($"gateway afterwards: {gateway.Usage().ResidentBytes >> 20} MiB");
            return 0;
        }
        finally
        {
            Array.ForEach(listeners, listener => listener.Dispose());
        }
    }

    private static Task ConnectAsync(ListenerConnection[] listeners, Uri endpoint, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        listeners,
        new ParallelOptions { MaxDegreeOfParallelism = ConnectingAtOnce, CancellationToken = cancellationToken },
        async (listener, token) => await listener.ListenAsync(endpoint, token));

    private static async Task TellAsync(ListenerConnection[] listeners, ChildProcess gateway, Action change, CancellationToken cancellationToken)
    {
        var told = listeners.Select(listener => listener.ToldAsync(cancellationToken)).ToArray();
        var cpu = gateway.Usage().OwnCpu;
        change();

        // From the first on: until then the gateway waits for the file to be written to its end.
        await Task.WhenAny(told);
        var first = Stopwatch.GetTimestamp();
        await Task.WhenAll(told);
        Print($"one change: all {listeners.Length} are told {Milliseconds(first)} ms after the first, "
            + $"for {(gateway.Usage().OwnCpu - cpu).TotalMilliseconds:0} ms of the gateway's CPU time");
    }

    private static string Milliseconds(long started) =>
        Stopwatch.GetElapsedTime(started).TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture);

    private static void Print(string line) => Console.WriteLine(line);
}
