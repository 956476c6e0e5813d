namespace McpHub.FunctionalTests.Subscriptions;

/// <summary>The servers that tell of changes.</summary>
public enum ServerKind
{
    ModernHttp,
    ModernStdio,
    LegacyHttp,
    LegacySse,
    LegacyStdio,
}
