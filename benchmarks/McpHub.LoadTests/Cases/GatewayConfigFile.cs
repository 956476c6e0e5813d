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
    public GatewayConfigFile Caching(string tool)
    {
        _config["gateway"]!["cache"] = new JsonObject
        {
            ["enabled"] = true,
            ["tools"] = new JsonObject { [tool] = new JsonObject { ["ttl"] = "1h", ["requireReadOnlyHint"] = false } },
        };
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
    public void ShowBuiltInTools(bool isShown)
    {
        _config["gateway"]!["builtInTools"] = isShown;
        File.WriteAllText(FilePath, _config.ToJsonString());
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
