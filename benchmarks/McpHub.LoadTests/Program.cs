using System.Runtime.InteropServices;
using McpHub.LoadTests;
using McpHub.LoadTests.Batches;
using McpHub.LoadTests.CommandLine;
using McpHub.LoadTests.Listeners;
using McpHub.LoadTests.Processes;
using McpHub.LoadTests.Servers;
using McpHub.LoadTests.Streams;

const string Usage =
    """
    McpHub.LoadTests [run] [--cases bare,native,native-method,cached,upstream,proxy,proxy-client,http,stdio,list-upstream,list,
                              stdio-echo,stdio-upstream,stdio-downstream,startup]
                              (not unless asked for: governed-native,governed-cached,governed-proxy,
                              native+auth,native+policy,native+limits,native+audit,native+cache,
                              zipf-uncached,zipf,zipf-tight)
                     [--connections 16,64] [--era legacy,modern] [--upstream-era legacy|modern|both]
                     [--duration SECONDS] [--warmup SECONDS] [--rounds N] [--processes N] [--rate REQUESTS_PER_SECOND]
                     [--in-flight N] [--starts N] [--json FILE] [--gateway PATH]
    McpHub.LoadTests serve bare|native-method|upstream|streaming|proxy|proxy-client|stdio-upstream|stdio-echo
                     [--port N] [--era legacy|modern|both] [--tools N] [--upstream URL] [--delay MILLISECONDS]
    McpHub.LoadTests listeners [--count N] [--rounds N] [--gateway PATH]
    McpHub.LoadTests batches [--calls N] [--delay MILLISECONDS] [--duration SECONDS] [--rounds N] [--gateway PATH]
    McpHub.LoadTests streams [--count N] [--rounds N] [--duration SECONDS] [--gateway PATH]
    """;

try
{
    switch (args)
    {
        case ["serve", var what, .. var rest]:
            return await ServeCommand.RunAsync(what, Arguments.Parse(rest, "port", "era", "tools", "upstream", "delay"));
        case ["listeners", .. var rest]:
            return await ListenersCommand.RunAsync(Arguments.Parse(rest, "count", "rounds", "gateway"));
        case ["batches", .. var rest]:
            return await BatchesCommand.RunAsync(Arguments.Parse(rest, "calls", "delay", "duration", "rounds", "gateway"));
        case ["streams", .. var rest]:
            return await StreamsCommand.RunAsync(Arguments.Parse(rest, "count", "rounds", "duration", "gateway"));
        case ["--help" or "-h" or "help", ..]:
            Console.WriteLine(Usage);
            return 0;
        case ["run", .. var rest]:
            return await RunAsync(RunOptions.Parse(rest));
        default:
            return await RunAsync(RunOptions.Parse(args));
    }
}
catch (UsageException exception)
{
    await Console.Error.WriteLineAsync($"{exception.Message}{Environment.NewLine}{Usage}");
    return 2;
}

static async Task<int> RunAsync(RunOptions options)
{
    if (!OperatingSystem.IsLinux())
        throw new UsageException("Load can be measured on Linux only: CPU time comes from /proc, and the generator waits with epoll.");

    using var stopping = new CancellationTokenSource();
    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
    AppDomain.CurrentDomain.ProcessExit += (_, _) => ChildProcess.KillAll();
    AppDomain.CurrentDomain.UnhandledException += (_, _) => ChildProcess.KillAll();
    try
    {
        return await new RunCommand(options).RunAsync(stopping.Token);
    }
    catch (OperationCanceledException) when (stopping.IsCancellationRequested)
    {
        await Console.Error.WriteLineAsync("Stopped.");
        return 130;
    }
    finally
    {
        ChildProcess.KillAll();
    }

    // Ending the processes ends whatever waits for one of them, too.
    void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        stopping.Cancel();
        ChildProcess.KillAll();
    }
}
