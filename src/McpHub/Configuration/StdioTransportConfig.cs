namespace McpHub.Configuration;

/// <summary>A child process that speaks MCP on its standard input and output.</summary>
public sealed record StdioTransportConfig : UpstreamTransportConfig
{
    /// <summary>The program: a path, or a name that is looked up in <c>PATH</c>. No shell takes part.</summary>
    public required string Command { get; init; }

    /// <summary>Its arguments, one by one.</summary>
    public IReadOnlyList<string> Args { get; init; } = [];

    /// <summary>Variables added to, or replacing those of, the gateway's environment.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();

    /// <summary>The working directory, absolute; the gateway's own when absent.</summary>
    public string? Cwd { get; init; }
}
