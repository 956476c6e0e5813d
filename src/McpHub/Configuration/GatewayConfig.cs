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

    /// <summary>Who may call, and how that is proved.</summary>
    public AuthConfig Auth { get; init; } = new();

    /// <summary>How the names of tools and prompts are formed.</summary>
    public NamingConfig Naming { get; init; } = new();

    /// <summary>Whether the built-in tools (<c>hub_status</c>, …) are listed.</summary>
    public bool BuiltInTools { get; init; } = true;

    /// <summary>The packs of native tools that are served: <c>swarm</c>.</summary>
    public IReadOnlyList<string> Packs { get; init; } = [];

    /// <summary>The most entries in one page of a list. 1 to 10,000.</summary>
    public int PageSize { get; init; } = 1000;

    /// <summary>How long the gateway waits for what.</summary>
    public TimeoutsConfig Timeouts { get; init; } = new();

    /// <summary>The largest messages that the gateway takes.</summary>
    public SizesConfig Sizes { get; init; } = new();

    /// <summary>Sessions of legacy HTTP clients.</summary>
    public SessionsConfig Sessions { get; init; } = new();

    /// <summary>Who may have which tools, prompts and resources; everybody has all of them by default.</summary>
    public PolicyConfig Policy { get; init; } = new();

    /// <summary>How many requests are let through.</summary>
    public LimitsConfig Limits { get; init; } = new();

    /// <summary>What is recorded of every request.</summary>
    public AuditConfig Audit { get; init; } = new();

    /// <summary>What the gateway keeps beyond its end.</summary>
    public StateConfig State { get; init; } = new();

    /// <summary>Which answers are kept, and until when.</summary>
    public CacheConfig Cache { get; init; } = new();

    /// <summary>Calls that are made many at once.</summary>
    public BatchConfig Batch { get; init; } = new();

    /// <summary>Results that are given in parts.</summary>
    public StreamsConfig Streams { get; init; } = new();

    /// <summary>The compositions, each a definition as JSON, by the names of their tools; those of the folder too.</summary>
    public IReadOnlyDictionary<string, string> Compositions { get; init; } = new OrderedDictionary<string, string>();

    /// <summary>The folder whose <c>*.json</c> are compositions, one in each.</summary>
    public string? CompositionsFolder { get; init; }

    /// <summary>Compositions that callers define themselves.</summary>
    public CallerCompositionsConfig CallerCompositions { get; init; } = new();

    /// <summary>Metrics and traces.</summary>
    public TelemetryConfig Telemetry { get; init; } = new();
}
