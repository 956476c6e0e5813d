namespace McpHub;

/// <summary>Cached results were dropped, for whatever reason but their age.</summary>
/// <param name="Tags">The tags that were invalidated; empty where it was something else than tags.</param>
/// <param name="Reason">Why: <c>call</c>, <c>event</c>, <c>request</c>, <c>catalog</c>, <c>resource</c> or <c>configuration</c>.</param>
/// <param name="Removed">How many results were dropped.</param>
public sealed record CacheInvalidated(IReadOnlyList<string> Tags, string Reason, int Removed) : ICacheEvent;
