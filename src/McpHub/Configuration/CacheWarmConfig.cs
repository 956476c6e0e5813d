namespace McpHub.Configuration;

/// <summary>A call whose result is fetched at start.</summary>
/// <param name="Tool">The tool's name as clients see it.</param>
/// <param name="Arguments">Its arguments, a JSON object.</param>
public sealed record CacheWarmConfig(string Tool, string Arguments);
