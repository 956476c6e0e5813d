namespace McpHub.LoadTests.Cases;

/// <summary>The cases, in the order in which a round takes them.</summary>
internal static class CaseNames
{
    /// <summary>A Kestrel endpoint that writes a fixed answer: the reference of <see cref="Native"/>.</summary>
    public const string Bare = "bare";

    /// <summary>The gateway, answering with a tool of its own.</summary>
    public const string Native = "native";

    /// <summary>The gateway, answering for the small MCP server from its cache. Its reference is <see cref="Bare"/> too.</summary>
    public const string Cached = "cached";

    /// <summary>The small MCP server by itself.</summary>
    public const string Upstream = "upstream";

    /// <summary>A proxy that copies bytes to the small MCP server: the reference of <see cref="Http"/>.</summary>
    public const string Proxy = "proxy";

    /// <summary>The gateway in front of the small MCP server over HTTP.</summary>
    public const string Http = "http";

    /// <summary>The gateway in front of the small MCP server over stdio.</summary>
    public const string Stdio = "stdio";

    /// <summary>A long list of tools from the small MCP server.</summary>
    public const string ListUpstream = "list-upstream";

    /// <summary>The same list through the gateway.</summary>
    public const string List = "list";

    /// <summary>A child that writes back the lines it reads: the reference of all that goes over pipes.</summary>
    public const string StdioEcho = "stdio-echo";

    /// <summary>The small MCP server over pipes, by itself.</summary>
    public const string StdioUpstream = "stdio-upstream";

    /// <summary>The gateway as a stdio server, answering with a tool of its own.</summary>
    public const string StdioDownstream = "stdio-downstream";

    /// <summary>From the start of a process to its first list of tools, over stdio. Not under load.</summary>
    public const string Startup = "startup";

    public static IReadOnlyList<string> All { get; } =
        [Bare, Native, Cached, Upstream, Proxy, Http, Stdio, ListUpstream, List, StdioEcho, StdioUpstream, StdioDownstream, Startup];

    /// <summary>The cases that need a gateway.</summary>
    public static IReadOnlyList<string> OfGateway { get; } = [Native, Cached, Http, Stdio, List, StdioDownstream];
}
