namespace McpHub.Configuration;

/// <summary>How an upstream is reached.</summary>
public abstract record UpstreamTransportConfig;
