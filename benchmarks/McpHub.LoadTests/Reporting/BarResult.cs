namespace McpHub.LoadTests.Reporting;

/// <summary>A <see cref="Bar"/> against what was measured.</summary>
/// <param name="Name">What is compared.</param>
/// <param name="Era">The client's era.</param>
/// <param name="InFlight">Requests at a time.</param>
/// <param name="Value">From the medians of all rounds.</param>
/// <param name="Lowest">The lowest of the single rounds.</param>
/// <param name="Highest">The highest of the single rounds.</param>
/// <param name="Limit">The bar.</param>
/// <param name="IsUpper">Whether it is an upper one.</param>
/// <param name="IsMet">Whether it is met; <see langword="null"/> where there is none.</param>
internal sealed record BarResult(
    string Name, string Era, int InFlight, double Value, double Lowest, double Highest, double? Limit, bool IsUpper, bool? IsMet)
{
    /// <summary>Compares all that was measured with all bars that it concerns.</summary>
    public static IEnumerable<BarResult> From(IReadOnlyCollection<Measurement> rounds) =>
        from bar in Bar.All
        from subject in rounds.Where(measured => measured.Case == bar.Case).GroupBy(measured => (measured.Era, measured.InFlight))
        let reference = rounds.Where(measured =>
            measured.Case == bar.Reference && (measured.Era, measured.InFlight) == subject.Key).ToList()
        where bar.Reference is null || reference.Count > 0
        select From(bar, [.. subject], reference);

    private static BarResult From(Bar bar, List<Measurement> subject, List<Measurement> reference)
    {
        var divisor = bar.Reference is null ? 1 : Statistics.Median(reference.Select(bar.Figure));
        var value = Statistics.Median(subject.Select(bar.Figure)) / divisor;
        double[] single = bar.Reference is null
            ? [.. subject.Select(bar.Figure)]
            : [.. subject.Join(reference, own => own.Round, other => other.Round, (own, other) => bar.Figure(own) / bar.Figure(other))];
        return new BarResult(
            bar.Name,
            subject[0].Era,
            subject[0].InFlight,
            value,
            single.DefaultIfEmpty(value).Min(),
            single.DefaultIfEmpty(value).Max(),
            bar.Limit,
            bar.IsUpper,
            bar.IsMetBy(value));
    }
}
