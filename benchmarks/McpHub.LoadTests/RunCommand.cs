using McpHub.LoadTests.Cases;
using McpHub.LoadTests.CommandLine;
using McpHub.LoadTests.Load;
using McpHub.LoadTests.Processes;
using McpHub.LoadTests.Reporting;
using McpHub.LoadTests.Servers.Mcp;

namespace McpHub.LoadTests;

/// <summary>
/// Measures the cases in rounds, each of which takes every case in turn: what the machine does meanwhile falls on all alike.
/// </summary>
internal sealed class RunCommand(RunOptions options)
{
    // Of a ReadyToRun publish; others take longer.
    private const double StartupLimitMs = 400;

    private static readonly TimeSpan LeadIn = TimeSpan.FromMilliseconds(500);

    private readonly List<Measurement> _rounds = [];
    private readonly List<StartupResult> _startups = [];
    private readonly List<string> _failures = [];

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var hasGateway = File.Exists(options.GatewayPath);
        if (!hasGateway && options.Cases.Any(name => name == CaseNames.Startup || CaseNames.OfGateway.Contains(name)))
            _failures.Add($"all that needs the gateway, because there is no {options.GatewayPath}");
        var wanted = options.Cases.Where(name => hasGateway || !CaseNames.OfGateway.Contains(name)).ToList();

        if (wanted.Remove(CaseNames.Startup))
            MeasureStarts(hasGateway, cancellationToken);
        foreach (var era in wanted.Count == 0 ? [] : options.Eras)
        {
            for (var started = 0; started < options.Processes; started++)
                await MeasureAsync(era, wanted, started * options.Rounds, cancellationToken);
        }

        var report = Report.From(options, _rounds, _startups, _failures);
        ReportWriter.WriteText(report, Console.Out);
        if (options.JsonFile is not null)
            await ReportWriter.WriteJsonAsync(report, options.JsonFile, cancellationToken);
        return _failures.Count > 0 || _rounds.Any(measured => measured.Errors > 0) ? 1 : 0;
    }

    private async Task MeasureAsync(McpEra era, List<string> wanted, int roundsBefore, CancellationToken cancellationToken)
    {
        using var fleet = new CaseFleet(options, era);
        var cases = new List<LoadCase>();
        foreach (var name in wanted)
        {
            await TryAsync($"{name}, {era}", async () =>
            {
                Progress($"{name}, {era}: start and warm up");
                var started = await fleet.StartAsync(name, cancellationToken);
                Measure(started, started.Levels.Max(), round: 0, options.Warmup, cancellationToken);
                cases.Add(started);
            }, cancellationToken);
        }

        for (var round = roundsBefore + 1; round <= roundsBefore + options.Rounds; round++)
        {
            // All cases at one level next to each other, as they are compared with each other.
            var steps = cases.SelectMany(one => one.Levels.Select(level => (Case: one, Level: level))).ToList();
            foreach (var (one, level) in steps.OrderBy(step => step.Level))
            {
                Progress($"{one.Name}, {era}, {level} in flight: round {round} of {options.Processes * options.Rounds}");
                var measured = await TryAsync($"{one.Name}, {era}", () =>
                {
                    _rounds.Add(Measure(one, level, round, options.Duration, cancellationToken));
                    return Task.CompletedTask;
                }, cancellationToken);
                if (!measured)
                    cases.Remove(one);
            }
        }
    }

    private Measurement Measure(LoadCase one, int level, int round, TimeSpan duration, CancellationToken cancellationToken)
    {
        var measured = one.Measure(new LoadWindow(level, LeadIn, duration, options.Rate), round, cancellationToken);
        return measured.Answers > 0 ? measured : throw new InvalidOperationException(measured.FirstError ?? "nothing was answered");
    }

    private void MeasureStarts(bool hasGateway, CancellationToken cancellationToken)
    {
        Progress("startup");
        _startups.Add(StartupMeasurement.Run(
            "small server (reference)", ProcessCommand.Serve("stdio-upstream"), options.Starts, cancellationToken));
        if (!hasGateway)
            return;
        using var config = GatewayConfigFile.Alone(Loopback.FreePort());
        try
        {
            var command = ProcessCommand.Gateway(options.GatewayPath, "stdio", config.FilePath);
            _startups.Add(StartupMeasurement.Run("gateway", command, options.Starts, cancellationToken) with { LimitMs = StartupLimitMs });
        }
        catch (Exception exception) when (IsFailureOfCase(exception))
        {
            _failures.Add($"startup: {exception.Message}");
        }
    }

    private async Task<bool> TryAsync(string name, Func<Task> action, CancellationToken cancellationToken)
    {
        try
        {
            await action();
            return true;
        }
        catch (Exception exception) when (IsFailureOfCase(exception))
        {
            // A stop ends the processes first, which makes their cases fail.
            cancellationToken.ThrowIfCancellationRequested();
            _failures.Add($"{name}: {exception.Message}");
            return false;
        }
    }

    // What a case does wrong must not cost the others; a mistake of ours has to be seen.
    private static bool IsFailureOfCase(Exception exception) =>
        exception is InvalidOperationException or IOException or InvalidDataException or System.Net.Sockets.SocketException;

    private static void Progress(string text) => Console.Error.WriteLine(text);
}
