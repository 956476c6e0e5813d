namespace McpHub.Configuration;

/// <summary>The <c>gateway.audit</c> section.</summary>
public sealed record AuditConfig
{
    /// <summary>Whether requests are recorded.</summary>
    public bool Enabled { get; init; }

    /// <summary>The folder of the files, as an absolute path; <c>audit</c> in that of <see cref="StateConfig"/> if absent.</summary>
    public string? Path { get; init; }

    /// <summary>When an answer may go out.</summary>
    public AuditMode Mode { get; init; } = AuditMode.Relaxed;

    /// <summary>The most requests that run, or wait for their line to be written. 1 to 1,000,000.</summary>
    public int Queue { get; init; } = 20_000;

    /// <summary>What becomes of a request for whose line there is no room.</summary>
    public AuditOverflow WhenFull { get; init; } = AuditOverflow.Wait;

    /// <summary>The size at which the next file is begun, in bytes. 1 KB to 1 GB.</summary>
    public int FileSize { get; init; } = 64 * 1024 * 1024;

    /// <summary>Patterns of the tools whose arguments are recorded.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Names of arguments whose values are never recorded, beside those that are known.</summary>
    public IReadOnlyList<string> RedactNames { get; init; } = [];

    /// <summary>Regular expressions of text that is never recorded, beside those that are known.</summary>
    public IReadOnlyList<string> RedactPatterns { get; init; } = [];
}
