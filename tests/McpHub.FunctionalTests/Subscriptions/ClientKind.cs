namespace McpHub.FunctionalTests.Subscriptions;

/// <summary>The clients that can be told of changes.</summary>
public enum ClientKind
{
    ModernHttp,
    ModernStdio,
    LegacyHttp,
    LegacyStdio,
}
