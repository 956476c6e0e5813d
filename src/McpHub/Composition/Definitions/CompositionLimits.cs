namespace McpHub.Composition.Definitions;

/// <summary>What a definition may ask for at most.</summary>
internal static class CompositionLimits
{
    public const int MostSteps = 100;

    public const int MostParallel = 64;

    public const int DefaultParallel = 4;

    public const int MostItems = 10_000;

    public const int DefaultItems = 1000;

    public const int MostAttempts = 10;

    /// <summary>Of fallbacks of fallbacks.</summary>
    public const int MostFallbacks = 5;

    /// <summary>Of conditions within conditions, and of values within values.</summary>
    public const int MostNesting = 32;

    /// <summary>The most that the outputs of the steps of one run take together, in bytes.</summary>
    public const long MostOutput = 32 * 1024 * 1024;

    /// <summary>The longest definition that a caller may give, in bytes.</summary>
    public const int LongestDefinition = 64 * 1024;

    public static TimeSpan LongestPause { get; } = TimeSpan.FromMinutes(5);

    public static TimeSpan LongestTimeout { get; } = TimeSpan.FromHours(1);
}
