namespace McpHub.NativeTools.Tasks;

/// <summary>What is kept of one task. Immutable; the end of the task makes another.</summary>
/// <param name="Id">The id, which nobody can guess.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="TimeToLive">How long it is kept from then on.</param>
/// <param name="PollIntervalMs">How often clients should ask.</param>
internal sealed record NativeTaskRecord(string Id, DateTimeOffset CreatedAt, TimeSpan TimeToLive, int PollIntervalMs)
{
    public const string Working = "working";
    public const string Completed = "completed";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";

    public string Status { get; init; } = Working;

    public DateTimeOffset UpdatedAt { get; init; } = CreatedAt;

    /// <summary>The tool's result, or the JSON-RPC error, as JSON; empty where there is none.</summary>
    public ReadOnlyMemory<byte> Outcome { get; init; }

    public bool HasEnded => Status != Working;

    public bool IsExpired(DateTimeOffset now) => now - CreatedAt > TimeToLive;
}
