namespace McpHub.LoadTests.Cases;

/// <summary>The cases, in the order in which a round takes them.</summary>
internal static class CaseNames
{
    /// <summary>A Kestrel endpoint that writes a fixed answer: the reference of <see cref="Native"/>.</summary>
    public const string Bare = "bare";

    /// <summary>The gateway, answering with a tool of its own.</summary>
    public const string Native = "native";

    /// <summary>An application with a gateway in it, answering with a method of its own. Its reference is <see cref="Bare"/> too.</summary>
    public const string NativeMethod = "native-method";

    /// <summary>The gateway, answering for the small MCP server from its cache. Its reference is <see cref="Bare"/> too.</summary>
    public const string Cached = "cached";

    /// <summary>The small MCP server by itself.</summary>
    public const string Upstream = "upstream";

    /// <summary>A proxy that copies bytes to the small MCP server, sent straight to the handler of HTTP: the least that it costs.</summary>
    public const string Proxy = "proxy";

    /// <summary>The same through <see cref="HttpClient"/>: the reference of <see cref="Http"/>.</summary>
    public const string ProxyClient = "proxy-client";

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

    /// <summary><see cref="Native"/> with every stage on.</summary>
    public const string GovernedNative = "governed-native";

    /// <summary><see cref="Cached"/> with every stage on.</summary>
    public const string GovernedCached = "governed-cached";

    /// <summary><see cref="Http"/> with every stage on.</summary>
    public const string GovernedProxy = "governed-proxy";

    /// <summary>Calls with 10,000 different arguments, as they come, of a slow server whose results are cached.</summary>
    public const string Zipf = "zipf";

    /// <summary>The same with room for about a fifth of the results.</summary>
    public const string ZipfTight = "zipf-tight";

    /// <summary>The same without a cache: the reference of both.</summary>
    public const string ZipfUncached = "zipf-uncached";

    /// <summary>From the start of a process to its first list of tools, over stdio. Not under load.</summary>
    public const string Startup = "startup";

    /// <summary><see cref="Native"/> with one stage on: its reference is <see cref="Native"/>.</summary>
    public static IReadOnlyDictionary<string, GatewayStages> Stages { get; } = new Dictionary<string, GatewayStages>
    {
        ["native+auth"] = GatewayStages.Auth,
        ["native+policy"] = GatewayStages.Policy,
        ["native+limits"] = GatewayStages.Limits,
        ["native+audit"] = GatewayStages.Audit,
        ["native+cache"] = GatewayStages.Cache,
    };

    /// <summary>What is measured unless something else is asked for.</summary>
    public static IReadOnlyList<string> Usual { get; } =
        [Bare, Native, NativeMethod, Cached, Upstream, Proxy, ProxyClient, Http, Stdio, ListUpstream, List, StdioEcho, StdioUpstream, StdioDownstream, Startup];

    public static IReadOnlyList<string> All { get; } =
    [
        Bare, GovernedNative, GovernedCached, Native, NativeMethod, .. Stages.Keys, Cached, Upstream, Proxy, ProxyClient, GovernedProxy, Http, Stdio, ListUpstream, List,
        StdioEcho, StdioUpstream, StdioDownstream, ZipfUncached, Zipf, ZipfTight, Startup,
    ];

    /// <summary>The cases that need a gateway.</summary>
    public static IReadOnlyList<string> OfGateway { get; } =
    [
        Native, Cached, Http, Stdio, List, StdioDownstream, GovernedNative, GovernedCached, GovernedProxy, .. Stages.Keys,
        ZipfUncached, Zipf, ZipfTight,
    ];
}
