using McpHub.LoadTests.Load;
using McpHub.LoadTests.Processes;
using McpHub.LoadTests.Servers.Mcp;

namespace McpHub.LoadTests.Reporting;

/// <summary>The figures of one case under one load, of one round or as the median of several.</summary>
internal sealed record Measurement
{
    public required string Case { get; init; }

    public required string Era { get; init; }

    public required int InFlight { get; init; }

    /// <summary>From 1; 0 for a median.</summary>
    public required int Round { get; init; }

    public required double RequestsPerSecond { get; init; }

    public required double P50Ms { get; init; }

    public required double P90Ms { get; init; }

    public required double P99Ms { get; init; }

    public required double P999Ms { get; init; }

    public required double MaxMs { get; init; }

    /// <summary>User and system time, in microseconds a request, of the process and of all below it.</summary>
    public required double CpuUs { get; init; }

    /// <summary>The part of <see cref="CpuUs"/> that processes below it took.</summary>
    public required double ChildrenCpuUs { get; init; }

    public required double GeneratorCpuUs { get; init; }

    public required double ResidentMb { get; init; }

    public required double BytesPerAnswer { get; init; }

    public required long Answers { get; init; }

    public required long Errors { get; init; }

    public string? FirstError { get; init; }

    /// <summary>Open loop: requests that were due and were never sent.</summary>
    public required long Unsent { get; init; }

    /// <summary>The part of the requests that a cache answered; <see langword="null"/> where there is none.</summary>
    public double? HitRatio { get; init; }

    public static Measurement Of(
        string name, McpEra era, int round, LoadWindow window, LoadResult result, ProcessUsage used, TimeSpan generatorCpu)
    {
        var answers = Math.Max(1, result.Answers);
        return new Measurement
        {
            Case = name,
            Era = era.ToString().ToLowerInvariant(),
            InFlight = window.InFlight,
            Round = round,
            RequestsPerSecond = result.Elapsed > TimeSpan.Zero ? result.Answers / result.Elapsed.TotalSeconds : 0,
            P50Ms = result.Latency.Percentile(50).TotalMilliseconds,
            P90Ms = result.Latency.Percentile(90).TotalMilliseconds,
            P99Ms = result.Latency.Percentile(99).TotalMilliseconds,
            P999Ms = result.Latency.Percentile(99.9).TotalMilliseconds,
            MaxMs = result.Latency.MaxDuration.TotalMilliseconds,
            CpuUs = (used.OwnCpu + used.ChildrenCpu).TotalMicroseconds / answers,
            ChildrenCpuUs = used.ChildrenCpu.TotalMicroseconds / answers,
            GeneratorCpuUs = generatorCpu.TotalMicroseconds / answers,
            ResidentMb = used.ResidentBytes / (1024.0 * 1024.0),
            BytesPerAnswer = (double)result.AnswerBytes / answers,
            Answers = result.Answers,
            Errors = result.Errors,
            FirstError = result.FirstError,
            Unsent = result.Unsent,
        };
    }

    /// <summary>The median of each figure; answers and errors are added up, and the largest maximum stays.</summary>
    public static Measurement MedianOf(IReadOnlyCollection<Measurement> rounds)
    {
        return rounds.First() with
        {
            Round = 0,
            RequestsPerSecond = Median(round => round.RequestsPerSecond),
            P50Ms = Median(round => round.P50Ms),
            P90Ms = Median(round => round.P90Ms),
            P99Ms = Median(round => round.P99Ms),
            P999Ms = Median(round => round.P999Ms),
            MaxMs = rounds.Max(round => round.MaxMs),
            CpuUs = Median(round => round.CpuUs),
            ChildrenCpuUs = Median(round => round.ChildrenCpuUs),
            GeneratorCpuUs = Median(round => round.GeneratorCpuUs),
            ResidentMb = rounds.Last().ResidentMb,
            BytesPerAnswer = Median(round => round.BytesPerAnswer),
            Answers = rounds.Sum(round => round.Answers),
            Errors = rounds.Sum(round => round.Errors),
            FirstError = rounds.Select(round => round.FirstError).FirstOrDefault(error => error is not null),
            Unsent = rounds.Sum(round => round.Unsent),
            HitRatio = rounds.Any(round => round.HitRatio is null) ? null : Median(round => round.HitRatio ?? 0),
        };

        double Median(Func<Measurement, double> figure) => Statistics.Median(rounds.Select(figure));
    }
}
