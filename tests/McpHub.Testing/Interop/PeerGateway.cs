using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace McpHub.Testing.Interop;

/// <summary>The gateway as its users run it: a process of its own with a configuration file, serving HTTP on a free port.</summary>
public sealed class PeerGateway : IAsyncDisposable
{
    private readonly PeerProcess _process;
    private readonly string _configFile;

    private PeerGateway(PeerProcess process, string configFile, Uri address)
    {
        _process = process;
        _configFile = configFile;
        Address = address;
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>The endpoint of all servers together.</summary>
    public Uri Root => new(Address, "/mcp");

    public int ProcessId => _process.Process.Id;

    /// <summary>The end of its log.</summary>
    public string Log => _process.Errors;

    /// <summary>Starts one, and waits until it answers; its servers may still be starting.</summary>
    /// <param name="servers">The value of <c>mcpServers</c>.</param>
    /// <param name="gateway">The value of <c>gateway</c>, without the address.</param>
    public static async Task<PeerGateway> StartAsync(JsonObject servers, JsonObject? gateway = null)
    {
        // Somebody else may take the port between our asking for a free one and the gateway's binding it.
        for (var attempt = 1; ; attempt++)
        {
            var address = new Uri($"http://127.0.0.1:{FreePorts.Next()}");
            var config = WriteConfig(servers, gateway, address);
            var process = PeerProcess.Start("dotnet", [RepositoryFolders.Program("src", "McpHub.Server"), "serve", "--config", config]);
            process.Process.OutputDataReceived += static (_, _) => { };
            process.Process.BeginOutputReadLine();
            var started = new PeerGateway(process, config, address);
            if (await started.WaitAsync())
            {
                return started;
            }

            await started.DisposeAsync();
            if (attempt == 3)
            {
                throw new InvalidOperationException($"The gateway ended at its start.\n{started.Log}");
            }
        }
    }

    /// <summary>The configuration and the arguments for a gateway that a client starts itself, over stdio.</summary>
    /// <returns>The arguments to <c>dotnet</c>; the last of them is the configuration file, which is the caller's to delete.</returns>
    public static string[] StdioArguments(JsonObject servers, JsonObject? gateway = null) =>
        [RepositoryFolders.Program("src", "McpHub.Server"), "stdio", "--config", WriteConfig(servers, gateway, new Uri("http://127.0.0.1:8080"))];

    /// <summary>The endpoint of one server.</summary>
    public Uri EndpointOf(string server) => new(Address, $"/mcp/{server}");

    /// <summary>Waits until tools of these servers are listed on their own endpoints.</summary>
    public async Task WhenListedAsync(HttpClient http, params string[] servers)
    {
        foreach (var server in servers)
        {
            var peer = new RawHttpPeer(http, EndpointOf(server), RawPeer.Modern);
            await Patience.UntilAsync(
                $"server '{server}' has tools",
                async () => (await peer.RequestAsync("tools/list"))["result"]?["tools"] is JsonArray { Count: > 0 },
                () => Log);
        }
    }

    /// <summary>Ends it with SIGKILL, so that it can't clean up.</summary>
    public Task KillAsync() => _process.KillAsync();

    public async ValueTask DisposeAsync()
    {
        await _process.TerminateAsync();
        await _process.DisposeAsync();
        File.Delete(_configFile);
    }

    private static string WriteConfig(JsonObject servers, JsonObject? gateway, Uri address)
    {
        var settings = (JsonObject?)gateway?.DeepClone() ?? [];
        settings["http"] = new JsonObject { ["url"] = address.GetLeftPart(UriPartial.Authority) };
        var file = Path.Combine(Path.GetTempPath(), $"mcphub-{Guid.NewGuid():N}.json");
        File.WriteAllText(file, new JsonObject { ["mcpServers"] = servers.DeepClone(), ["gateway"] = settings }.ToJsonString());
        return file;
    }


    /// <returns>Whether it answers; otherwise it has ended.</returns>
    private async Task<bool> WaitAsync()
    {
        using var http = new HttpClient();
        await Patience.UntilAsync("the gateway answers", async () => _process.Process.HasExited || await IsReadyAsync(http), () => Log);
        return !_process.Process.HasExited;
    }

    private async Task<bool> IsReadyAsync(HttpClient http)
    {
        try
        {
            using var response = await http.GetAsync(new Uri(Address, "/health/ready"));
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
