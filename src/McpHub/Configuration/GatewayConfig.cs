namespace McpHub.Configuration;

/// <summary>The <c>gateway</c> section: everything that is not the definition of a server.</summary>
public sealed record GatewayConfig
{
    /// <summary>The name that the gateway gives itself in <c>serverInfo</c>.</summary>
    public string Name { get; init; } = "mcphub";

    /// <summary>Instructions of the gateway's own, put before those of the servers.</summary>
    public string? Instructions { get; init; }

    /// <summary>Where and to whom the gateway answers over HTTP.</summary>
    public HttpConfig Http { get; init; } = new();

    /// <summary>How the names of tools and prompts are formed.</summary>
    public NamingConfig Naming { get; init; } = new();

    /// <summary>Whether the built-in tools (<c>hub_status</c>, …) are listed.</summary>
    public bool BuiltInTools { get; init; } = true;

    /// <summary>The most entries in one page of a list. 1 to 10,000.</summary>
    public int PageSize { get; init; } = 1000;

    /// <summary>How long the gateway waits for what.</summary>
    public TimeoutsConfig Timeouts { get; init; } = new();

    /// <summary>The largest messages that the gateway takes.</summary>
    public SizesConfig Sizes { get; init; } = new();

    /// <summary>Sessions of legacy HTTP clients.</summary>
    public SessionsConfig Sessions { get; init; } = new();

    /// <summary>Metrics and traces.</summary>
    public TelemetryConfig Telemetry { get; init; } = new();
}

/// <summary>The <c>gateway.http</c> section.</summary>
public sealed record HttpConfig
{
    /// <summary>The address to listen on: scheme, host and port. Anything but loopback needs <see cref="AllowRemote"/>.</summary>
    public string Url { get; init; } = "http://127.0.0.1:8080";

    /// <summary>The path of the MCP endpoint; the servers' own endpoints lie under it.</summary>
    public string Path { get; init; } = "/mcp";

    /// <summary>Whether an address other than loopback may be bound, although there is no authentication.</summary>
    public bool AllowRemote { get; init; }

    /// <summary>Origins that browsers may call from, beside the gateway's own and loopback ones. <c>*</c> allows every origin.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>Host names by which the gateway may be called, beside that of <see cref="Url"/> and loopback ones.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];
}

/// <summary>The <c>gateway.naming</c> section.</summary>
public sealed record NamingConfig
{
    /// <summary>When a server's name is put before those of its tools and prompts.</summary>
    public PrefixMode Prefix { get; init; } = PrefixMode.Always;

    /// <summary>What stands between the server's name and the tool's: one to three of <c>A-Z a-z 0-9 _ -</c>.</summary>
    public string Separator { get; init; } = "_";
}

/// <summary>When a server's name is put before those of its tools and prompts.</summary>
public enum PrefixMode
{
    /// <summary>Always, so that no name depends on which other servers there are.</summary>
    Always,

    /// <summary>Only where two servers use the same name; then for both of them.</summary>
    Conflict,

    /// <summary>Never for the first server that uses a name; later ones with the same name get the prefix.</summary>
    Never,
}

/// <summary>The <c>gateway.timeouts</c> section. Every value is at least one millisecond.</summary>
public sealed record TimeoutsConfig
{
    /// <summary>For an upstream to start and to open its session.</summary>
    public TimeSpan Start { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For the answer to the probe that tells a server's era.</summary>
    public TimeSpan Probe { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For a call, where neither its server nor its tool says otherwise.</summary>
    public TimeSpan Call { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>For running calls to end when the gateway shuts down or an upstream is replaced.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>The <c>gateway.sizes</c> section, in bytes.</summary>
public sealed record SizesConfig
{
    /// <summary>The largest message from a client.</summary>
    public int Request { get; init; } = 4 * 1024 * 1024;

    /// <summary>The largest message from an upstream.</summary>
    public int Response { get; init; } = 64 * 1024 * 1024;
}

/// <summary>The <c>gateway.sessions</c> section.</summary>
public sealed record SessionsConfig
{
    /// <summary>How long a session lives without a request.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromHours(2);

    /// <summary>The most sessions at once; one more is refused.</summary>
    public int Max { get; init; } = 100_000;
}

/// <summary>The <c>gateway.telemetry</c> section.</summary>
public sealed record TelemetryConfig
{
    /// <summary>Whether <c>/metrics</c> answers in the Prometheus text format.</summary>
    public bool Prometheus { get; init; } = true;

    /// <summary>Where metrics and traces are pushed by OTLP; <see langword="null"/> for nowhere.</summary>
    public OtlpConfig? Otlp { get; init; }
}

/// <summary>The <c>gateway.telemetry.otlp</c> section.</summary>
public sealed record OtlpConfig
{
    /// <summary>The collector's address.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary><c>grpc</c> or <c>http/protobuf</c>.</summary>
    public string Protocol { get; init; } = "grpc";

    /// <summary>Headers for the collector, for example a token.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}
