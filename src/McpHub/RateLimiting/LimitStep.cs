using McpHub.Pipeline;

namespace McpHub.RateLimiting;

/// <summary>One limit that a request has to pass, and under which key; the caller's if that is <see langword="null"/>.</summary>
internal readonly record struct LimitStep(LimitRule Rule, string? Key)
{
    public LimitPartition PartitionOf(McpContext context, long now) => Rule.Partitions.Of(Key ?? context.Caller.Key, now);
}
