namespace McpHub.Configuration;

/// <summary>The <c>gateway.batch</c> section: how many calls of batches are made at the same time, and how large a batch may be.</summary>
public sealed record BatchConfig
{
    /// <summary>Whether there is the tool <c>hub_batch</c>.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The most requests of one batch. 1 to 1,000.</summary>
    public int MaxItems { get; init; } = 100;

    /// <summary>For a whole batch; it may ask for less.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The most calls at the same time, of all batches together. 1 to 10,000.</summary>
    public int Concurrency { get; init; } = 256;

    /// <summary>The most calls of one batch at the same time. 1 to 1,000.</summary>
    public int PerBatch { get; init; } = 64;

    /// <summary>The most calls to one server at the same time. 1 to 10,000.</summary>
    public int PerServer { get; init; } = 100;

    /// <summary>Whether the calls to a server are fewer while its answers take longer than usual.</summary>
    public bool Adaptive { get; init; } = true;

    /// <summary>The most calls that wait for their turn. 1 to 1,000,000.</summary>
    public int MaxWaiting { get; init; } = 10_000;

    /// <summary>How long a call has to wait to be worth one step of priority more.</summary>
    public TimeSpan Ageing { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The most bytes that the results of one batch, or the answers to one JSON-RPC array, have together.</summary>
    public int MaxResultBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Whether unhurried calls of different callers become one.</summary>
    public MicroBatchConfig MicroBatch { get; init; } = new();
}
