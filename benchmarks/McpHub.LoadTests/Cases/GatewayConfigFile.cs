using System.Security.Cryptography;
using System.Text.Json.Nodes;
using McpHub.LoadTests.Processes;
using McpHub.LoadTests.Servers;

namespace McpHub.LoadTests.Cases;

/// <summary>A configuration for one gateway, in a file that is deleted with the object.</summary>
internal sealed class GatewayConfigFile : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mcphub-load-").FullName;

    private readonly JsonObject _config;

    private GatewayConfigFile(int port, JsonObject? upstream)
    {
        var servers = new JsonObject();
        if (upstream is not null)
            servers["up"] = upstream;
        _config = new JsonObject
        {
            ["mcpServers"] = servers,
            ["gateway"] = new JsonObject
            {
                ["http"] = new JsonObject { ["url"] = $"http://127.0.0.1:{port}", ["path"] = LoopbackHost.McpPath },
                ["naming"] = new JsonObject { ["prefix"] = "never" },
            },
        };
        FilePath = Path.Combine(_directory, "mcphub.json");
        File.WriteAllText(FilePath, _config.ToJsonString());
    }

    public string FilePath { get; }

    /// <summary>A gateway with no upstream.</summary>
    public static GatewayConfigFile Alone(int port) => new(port, null);

    public static GatewayConfigFile InFrontOf(int port, Uri upstream) =>
        new(port, new JsonObject { ["type"] = "http", ["url"] = upstream.ToString() });

    public static GatewayConfigFile InFrontOf(int port, ProcessCommand upstream) => new(port, new JsonObject
    {
        ["command"] = upstream.FileName,
        ["args"] = new JsonArray([.. upstream.Arguments.Select(argument => JsonValue.Create(argument))]),
    });

    /// <summary>Has the results of a tool cached.</summary>
    /// <param name="tool">The tool's name.</param>
    /// <param name="maxBytes">How much is kept; <see langword="null"/> for the gateway's own default.</param>
    public GatewayConfigFile Caching(string tool, string? maxBytes = null)
    {
        var cache = new JsonObject
        {
            ["enabled"] = true,
            ["tools"] = new JsonObject { [tool] = new JsonObject { ["ttl"] = "1h", ["requireReadOnlyHint"] = false } },
        };
        if (maxBytes is not null)
            cache["maxBytes"] = maxBytes;
        return With("cache", cache);
    }

    /// <summary>Switches stages on.</summary>
    public GatewayConfigFile With(GatewayStages stages)
    {
        var isKnown = stages.HasFlag(GatewayStages.Auth);
        if (isKnown)
            With("auth", Auth());
        if (stages.HasFlag(GatewayStages.Policy))
            With("policy", Policy(isKnown));
        if (stages.HasFlag(GatewayStages.Limits))
            With("limits", Limits());
        if (stages.HasFlag(GatewayStages.Audit))
            With("audit", new JsonObject { ["enabled"] = true, ["path"] = AuditDirectory });
        return stages.HasFlag(GatewayStages.Cache) ? Caching("never_called") : this;
    }

    /// <summary>Deletes the audit files that are finished: at full speed they take a gigabyte in half a minute.</summary>
    public void DeleteFinishedAuditFiles()
    {
        if (!Directory.Exists(AuditDirectory))
            return;
        foreach (var file in new DirectoryInfo(AuditDirectory).GetFiles("*.jsonl").OrderByDescending(file => file.Name, StringComparer.Ordinal).Skip(1))
            file.Delete();
    }

    /// <summary>Has batches call a server at most so often at the same time, whatever is measured.</summary>
    public GatewayConfigFile WithFixedPool(int size)
    {
        _config["gateway"]!["batch"] = new JsonObject { ["adaptive"] = false, ["perServer"] = size };
        File.WriteAllText(FilePath, _config.ToJsonString());
        return this;
    }

    /// <summary>Lets many streams run, all of which may hold what their high watermarks are together, and a part each.</summary>
    /// <param name="count">How many.</param>
    /// <param name="mostBytes">What they may hold together.</param>
    public GatewayConfigFile Streaming(int count, out long mostBytes)
    {
        const int HighWatermark = 64 * 1024;

        // A server that is read from event by event goes beyond its watermark by one of them.
        const int Part = 4 * 1024;
        mostBytes = count * (long)(HighWatermark + Part);
        _config["gateway"]!["streams"] = new JsonObject
        {
            ["maxActive"] = count,
            ["maxPerCaller"] = 2 * count,
            ["queue"] = count,
            ["highWatermark"] = HighWatermark,
            ["lowWatermark"] = HighWatermark / 2,
            ["maxBytes"] = 2 * HighWatermark,
            ["maxTotalBytes"] = mostBytes,
        };
        File.WriteAllText(FilePath, _config.ToJsonString());
        return this;
    }

    /// <summary>Changes what the gateway offers while it runs.</summary>
    public void ShowBuiltInTools(bool isShown) => With("builtInTools", isShown);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private string AuditDirectory => Path.Combine(_directory, "audit");

    private static JsonObject Auth()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new JsonObject
        {
            ["issuers"] = new JsonArray(new JsonObject { ["issuer"] = "load-tests", ["key"] = key.ExportPkcs8PrivateKeyPem() }),
        };
    }

    private static JsonObject Policy(bool isKnown)
    {
        var allow = new JsonObject
        {
            ["id"] = "callers",
            ["effect"] = "allow",
            ["tools"] = new JsonArray("hub_*", "echo"),
        };
        if (isKnown)
            allow["callers"] = new JsonObject { ["roles"] = new JsonArray(BearerToken.Role) };
        var deny = new JsonObject { ["id"] = "nobody", ["effect"] = "deny", ["tools"] = new JsonArray("*_delete") };
        return new JsonObject { ["rules"] = new JsonArray(allow, deny) };
    }

    private static JsonObject Limits() => new()
    {
        ["rules"] = new JsonArray(
            new JsonObject { ["per"] = "caller", ["kind"] = "tokenBucket", ["permits"] = 1_000_000 },
            new JsonObject { ["per"] = "global", ["kind"] = "concurrency", ["permits"] = 10_000 }),
    };

    private GatewayConfigFile With(string setting, JsonNode value)
    {
        _config["gateway"]![setting] = value;
        File.WriteAllText(FilePath, _config.ToJsonString());
        return this;
    }
}
