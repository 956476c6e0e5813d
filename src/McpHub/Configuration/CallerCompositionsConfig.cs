namespace McpHub.Configuration;

/// <summary>The <c>gateway.callerCompositions</c> section: compositions that callers define themselves.</summary>
public sealed record CallerCompositionsConfig
{
    /// <summary>Whether callers may define any; the tools for it are not there otherwise. Who of them may is the policy's to say.</summary>
    public bool Enabled { get; init; }

    /// <summary>Whether others than their author see them, as far as the policy lets them.</summary>
    public bool Shared { get; init; }

    /// <summary>The most of one author. 1 to 1000.</summary>
    public int PerCaller { get; init; } = 20;

    /// <summary>The most of all together. 1 to 10,000.</summary>
    public int Total { get; init; } = 500;
}
