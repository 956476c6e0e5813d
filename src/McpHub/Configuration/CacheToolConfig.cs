namespace McpHub.Configuration;

/// <summary>How the results of one tool, or of the tools of a pattern, are cached.</summary>
public sealed record CacheToolConfig
{
    /// <summary>Whether they are cached; <see langword="false"/> takes tools out of a pattern further down.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>How long a result is good.</summary>
    public TimeSpan Ttl { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whom a result serves.</summary>
    public CacheScope Scope { get; init; } = CacheScope.Caller;

    /// <summary>What a result is made of, with the values of arguments in braces.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>How long after its time a result still serves while a new one is fetched.</summary>
    public TimeSpan? StaleWhileRevalidate { get; init; }

    /// <summary>How long after its time a result still serves when no new one can be had.</summary>
    public TimeSpan? StaleIfError { get; init; }

    /// <summary>The largest result that is kept, where it differs, in bytes.</summary>
    public int? MaxEntryBytes { get; init; }

    /// <summary>Whether a result that is asked for often is fetched anew before its time is over.</summary>
    public bool RefreshAhead { get; init; }

    /// <summary>Whether only tools are meant that say of themselves that they only read (<c>readOnlyHint</c>).</summary>
    public bool RequireReadOnlyHint { get; init; } = true;
}
