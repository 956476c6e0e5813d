using McpHub.LoadTests.CommandLine;

namespace McpHub.LoadTests.Reporting;

/// <summary>All that a run found out, with what is needed to judge and to repeat it.</summary>
internal sealed record Report
{
    public required RunEnvironment Environment { get; init; }

    public required IReadOnlyList<Measurement> Medians { get; init; }

    public required IReadOnlyList<BarResult> Bars { get; init; }

    public required IReadOnlyList<StartupResult> Startups { get; init; }

    /// <summary>Why cases are missing.</summary>
    public required IReadOnlyList<string> Failures { get; init; }

    public required IReadOnlyList<Measurement> Rounds { get; init; }

    public static Report From(
        RunOptions options,
        IReadOnlyList<Measurement> rounds,
        IReadOnlyList<StartupResult> startups,
        IReadOnlyList<string> failures)
    {
        var cases = rounds.GroupBy(measured => (measured.Era, measured.InFlight, measured.Case));
        return new Report
        {
            Environment = RunEnvironment.Current(),
            Medians = [.. cases.Select(group => Measurement.MedianOf([.. group]))],

            // The bars are for busy cores: at a fixed rate, idle threads that spin would be counted, too.
            Bars = options.Rate is null ? [.. BarResult.From(rounds)] : [],
            Startups = startups,
            Failures = failures,
            Rounds = rounds,
        };
    }
}
