namespace McpHub.RateLimiting;

/// <summary>All limits of one kind of request, in their order. Immutable.</summary>
/// <param name="Steps">The limits.</param>
/// <param name="Timeout">What the tool's tier says for one call; <see langword="null"/> if it says nothing.</param>
internal sealed record LimitPlan(LimitStep[] Steps, TimeSpan? Timeout);
