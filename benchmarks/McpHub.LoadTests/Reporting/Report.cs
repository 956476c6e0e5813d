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

    public static Report From(IReadOnlyList<Measurement> rounds, IReadOnlyList<StartupResult> startups, IReadOnlyList<string> failures) => new()
    {
        Environment = RunEnvironment.Current(),
        Medians = [.. rounds.GroupBy(measured => (measured.Era, measured.InFlight, measured.Case)).Select(group => Measurement.MedianOf([.. group]))],
        Bars = [.. BarResult.From(rounds)],
        Startups = startups,
        Failures = failures,
        Rounds = rounds,
    };
}
