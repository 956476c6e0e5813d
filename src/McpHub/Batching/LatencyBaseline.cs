namespace McpHub.Batching;

/// <summary>How long a tool usually takes to answer: a mean over some hundred answers that leans to the fast ones. Not thread-safe.</summary>
/// <remarks>
/// Answers that took long because many were asked for at once must not become the measure of what is usual, so a slow answer counts
/// less than a fast one. They still count: a tool that has become slower for good is not to look overloaded for ever.
/// </remarks>
internal sealed class LatencyBaseline
{
    // Until so many answers are in, their plain mean is all that is known.
    private const int WarmUp = 10;

    // As long a memory as that of the algorithm that this follows (Gradient2 of Netflix's concurrency-limits: 600 samples).
    private const double SlowerWeight = 1.0 / 600;
    private const double FasterWeight = 1.0 / 100;

    // An answer in less than half of the usual time says that the load which made the rest slow is over.
    private const double MuchFasterWeight = 1.0 / 10;

    private int _count;

    /// <summary>In seconds; 0 before the first answer.</summary>
    public double Seconds { get; private set; }

    /// <summary>Counts an answer.</summary>
    /// <param name="seconds">How long it took.</param>
    /// <returns>What is usual now.</returns>
    public double Add(double seconds)
    {
        if (_count < WarmUp)
        {
            _count++;
            Seconds += (seconds - Seconds) / _count;
            return Seconds;
        }

        var weight = seconds >= Seconds ? SlowerWeight : seconds >= Seconds / 2 ? FasterWeight : MuchFasterWeight;
        Seconds += (seconds - Seconds) * weight;
        return Seconds;
    }
}
