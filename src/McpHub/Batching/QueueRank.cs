namespace McpHub.Batching;

/// <summary>An item's place among all that wait, the lowest first.</summary>
/// <param name="Time">When it came, less what its priority is worth, in ticks of 100 ns.</param>
/// <param name="Number">Among those of the same time, the order in which they came.</param>
internal readonly record struct QueueRank(long Time, long Number) : IComparable<QueueRank>
{
    /// <summary>The rank of what comes now.</summary>
    /// <param name="now">Now, in ticks of 100 ns.</param>
    /// <param name="priority">Higher is sooner.</param>
    /// <param name="ageing">How long one has to wait for one step of priority.</param>
    /// <param name="number">How many have come before.</param>
    public static QueueRank Of(long now, int priority, TimeSpan ageing, long number) => new(now - (priority * ageing.Ticks), number);

    public int CompareTo(QueueRank other) => Time != other.Time ? Time.CompareTo(other.Time) : Number.CompareTo(other.Number);
}
