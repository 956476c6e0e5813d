namespace McpHub.Configuration;

/// <summary>Whom a cached result serves.</summary>
public enum CacheScope
{
    /// <summary>The caller that it was made for.</summary>
    Caller,

    /// <summary>Every caller. It is made without any caller's identity.</summary>
    Shared,
}
