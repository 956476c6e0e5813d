namespace McpHub.Composition.Definitions;

/// <summary>How often, and after which failures, a step is tried again.</summary>
/// <param name="Attempts">The most attempts, the first included.</param>
/// <param name="Backoff">The pause after the first; it doubles each time.</param>
/// <param name="MostBackoff">The longest pause.</param>
/// <param name="On">The failures after which there is another attempt.</param>
internal sealed record RetryDefinition(int Attempts, TimeSpan Backoff, TimeSpan MostBackoff, RetryOn On)
{
    /// <summary>The pause after an attempt.</summary>
    /// <param name="attempt">From 1.</param>
    public TimeSpan PauseAfter(int attempt)
    {
        var pause = Backoff * Math.Pow(2, attempt - 1);
        return pause < MostBackoff ? pause : MostBackoff;
    }
}
