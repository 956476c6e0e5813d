namespace McpHub;

/// <summary>
/// Has the results of a native tool's method cached, where the gateway's cache is switched on (<c>gateway.cache.enabled</c>) and its
/// configuration says nothing else of the tool. For methods that only read.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CacheResultAttribute : Attribute
{
    /// <summary>How long a result is good.</summary>
    /// <value>Seconds, at least 1. 60 by default.</value>
    public int TtlSeconds { get; set; } = 60;

    /// <summary>Whether one result serves all callers: the method must not look at who calls.</summary>
    /// <value><see langword="false"/> by default: each caller has results of its own.</value>
    public bool IsShared { get; set; }

    /// <summary>
    /// What the result is made of, so that it is dropped when that changes; with the values of arguments in braces
    /// (<c>agent:{agentId}</c>).
    /// </summary>
    public string[] Tags { get; set; } = [];
}
