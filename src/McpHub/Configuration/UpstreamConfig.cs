namespace McpHub.Configuration;

/// <summary>One MCP server behind the gateway: how it is reached, and what of it is shown.</summary>
public sealed record UpstreamConfig
{
    /// <summary>The server's key in the file: the path <c>/mcp/NAME</c> and the prefix of its tools are made of it.</summary>
    public required string Name { get; init; }

    /// <summary>How the server is reached.</summary>
    public required UpstreamTransportConfig Transport { get; init; }

    /// <summary>Whether the server is left out although it is configured.</summary>
    public bool Disabled { get; init; }

    /// <summary>The prefix of its tools and prompts, where it is to differ from <see cref="Name"/>.</summary>
    public string? Prefix { get; init; }

    /// <summary>Patterns (<c>*</c> and <c>?</c>) of the tools that are shown; empty for all.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>Patterns (<c>*</c> and <c>?</c>) of the tools that are not shown, even where included.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>The category of its tools, where the tool does not say otherwise; the server's name when absent.</summary>
    public string? Category { get; init; }

    /// <summary>For a call to this server; <see cref="TimeoutsConfig.Call"/> when absent.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Settings of single tools, by their name at the server.</summary>
    public IReadOnlyDictionary<string, ToolConfig> Tools { get; init; } = new Dictionary<string, ToolConfig>();
}

/// <summary>What differs for one tool.</summary>
public sealed record ToolConfig
{
    /// <summary>The name shown, taken as it is and without a prefix.</summary>
    public string? Name { get; init; }

    /// <summary>The description shown.</summary>
    public string? Description { get; init; }

    /// <summary>The category.</summary>
    public string? Category { get; init; }

    /// <summary>For one call of this tool.</summary>
    public TimeSpan? Timeout { get; init; }
}

/// <summary>How an upstream is reached.</summary>
public abstract record UpstreamTransportConfig;

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

/// <summary>A server behind a URL.</summary>
public sealed record HttpTransportConfig : UpstreamTransportConfig
{
    /// <summary>The MCP endpoint, http or https.</summary>
    public required Uri Url { get; init; }

    /// <summary>Headers of every request to it.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Which flavour of HTTP the server speaks.</summary>
    public HttpFlavour Flavour { get; init; }
}

/// <summary>Which flavour of HTTP a server speaks.</summary>
public enum HttpFlavour
{
    /// <summary>Streamable HTTP where the server takes it, otherwise HTTP+SSE.</summary>
    Auto,

    /// <summary>Streamable HTTP (2025-03-26 and later).</summary>
    Streamable,

    /// <summary>HTTP+SSE of 2024-11-05.</summary>
    Sse,
}
