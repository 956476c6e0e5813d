namespace McpHub.Configuration.Reading;

/// <summary>The ranges of the settings. The documentation and the schema give the same.</summary>
internal static class Limits
{
    public const int MinPageSize = 1;
    public const int MaxPageSize = 10_000;

    public const int MinSize = 1024;

    /// <summary>A message is held in one array, which cannot be much longer.</summary>
    public const int MaxSize = 1024 * 1024 * 1024;

    public const int MinSessions = 1;
    public const int MaxSessions = 10_000_000;

    /// <summary>Each caller's view of the catalog is found by the rules that are about it.</summary>
    public const int MaxRules = 1000;

    /// <summary>Expressions longer than this are lists of values in disguise.</summary>
    public const int MaxPattern = 1000;

    public const int MaxPermits = 1_000_000;
    public const int MaxStreams = 100_000;
    public const int MaxAuditQueue = 1_000_000;
    public const int MaxPartitions = 10_000_000;

    /// <summary>All results of a batch are one answer.</summary>
    public const int MaxBatchItems = 1000;
    public const int MaxBatchCalls = 10_000;

    public static readonly TimeSpan MinDuration = TimeSpan.FromMilliseconds(1);
    public static readonly TimeSpan MaxDuration = TimeSpan.FromHours(24);

    public static readonly TimeSpan MinIdle = TimeSpan.FromSeconds(1);

    /// <summary>Thirty days; timers of .NET end a little below fifty.</summary>
    public static readonly TimeSpan MaxIdle = TimeSpan.FromHours(720);
}
