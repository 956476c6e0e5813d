namespace McpHub.Batching;

/// <summary>How many requests at once are good for a server, found out from how its answers slow down. Not thread-safe.</summary>
/// <remarks>
/// While answers come about as fast as usual, the limit grows by a few places; when they take clearly longer, the requests stand in a
/// line at the server, and the limit shrinks in proportion. The constants are those of the gradient algorithm of Netflix's
/// concurrency-limits (Gradient2). Failures shrink it too (AIMD), because what is refused quickly looks fast.
/// </remarks>
/// <param name="initial">The limit before anything is known.</param>
/// <param name="least">What it never goes below.</param>
/// <param name="most">What it never goes beyond.</param>
internal sealed class GradientLimit(int initial, int least, int most)
{
    // An answer may take this much longer than usual before that counts as a line.
    private const double Tolerance = 1.5;

    // A single slow answer halves the limit at most, before smoothing.
    private const double Steepest = 0.5;

    // The places that a limit in balance has beyond what the server works at: what it grows by.
    private const double Headroom = 4;

    private const double Smoothing = 0.2;
    private const double Backoff = 0.9;

    private double _limit = Math.Clamp(initial, least, most);

    /// <summary>The limit at this moment.</summary>
    public int Current => (int)_limit;

    /// <summary>An answer has come.</summary>
    /// <param name="usual">How long such an answer usually takes.</param>
    /// <param name="seconds">How long this one took.</param>
    /// <param name="running">How many requests were running, this one among them.</param>
    public void OnAnswer(double usual, double seconds, int running)
    {
        // Who asks for less than half of the limit says nothing about it.
        if (running < _limit / 2 || seconds <= 0)
        {
            return;
        }

        var gradient = Math.Clamp(Tolerance * usual / seconds, Steepest, 1);
        Set((_limit * (1 - Smoothing)) + (((_limit * gradient) + Headroom) * Smoothing));
    }

    /// <summary>A request has failed in a way that says that the server has too much to do, or is not there.</summary>
    public void OnFailure() => Set(_limit * Backoff);

    private void Set(double limit) => _limit = Math.Clamp(limit, least, most);
}
