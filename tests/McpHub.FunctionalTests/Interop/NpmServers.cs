using System.Text.Json.Nodes;
using McpHub.Testing.Interop;

namespace McpHub.FunctionalTests.Interop;

/// <summary>Four npm servers, each once for direct questions and once behind a gateway that has all of them.</summary>
public sealed class NpmServers : IAsyncLifetime
{
    public const string Everything = "everything";
    public const string Remote = "remote";
    public const string Files = "files";
    public const string Memory = "memory";

    private readonly Dictionary<string, Task<IReadOnlyList<JsonObject>>> _directAnswers = [];
    private readonly Dictionary<string, RawPeer> _direct = [];
    private readonly List<PeerProcess> _processes = [];

    /// <summary>The servers in the order of the configuration.</summary>
    public static IReadOnlyList<string> Names { get; } = [Everything, Remote, Files, Memory];

    public HttpClient Http { get; } = new();

    public PeerGateway Gateway { get; private set; } = null!;

    public FileServerFolder Folder { get; } = new();

    public string Node { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        Node = await NodePeers.ReadyAsync();
        var (remote, url) = await EverythingServer.StartHttpAsync(Node);
        _processes.Add(remote);
        Gateway = await PeerGateway.StartAsync(
            new JsonObject
            {
                [Everything] = EverythingServer.Entry(Node),
                [Remote] = new JsonObject { ["url"] = url.ToString() },
                [Files] = Entry(FilesCommand()),
                [Memory] = Entry(Package("memory"), ("MEMORY_FILE_PATH", Folder.MemoryFile("gateway"))),
            },
            new JsonObject { ["builtInTools"] = false });
        _direct[Everything] = Start(EverythingServer.StdioCommand(Node));
        _direct[Remote] = new RawHttpPeer(Http, url, RawPeer.Legacy);
        _direct[Files] = Start(FilesCommand());
        _direct[Memory] = Start(Package("memory"), ("MEMORY_FILE_PATH", Folder.MemoryFile("direct")));
        foreach (var peer in _direct.Values)
        {
            await peer.OpenAsync();
        }

        await Gateway.WhenListedAsync(Http, [.. Names]);
    }

    /// <summary>What the server itself answers to its script; asked once.</summary>
    public Task<IReadOnlyList<JsonObject>> AskDirectlyAsync(string server)
    {
        if (!_directAnswers.TryGetValue(server, out var answers))
        {
            _directAnswers[server] = answers = AskAsync(_direct[server], PeerScript.Of(server, Folder), (method, parameters) => parameters);
        }

        return answers;
    }

    /// <summary>Sends the requests one after the other, each as the endpoint wants it.</summary>
    public async Task<IReadOnlyList<JsonObject>> AskAsync(
        RawPeer peer, IReadOnlyList<PeerRequest> script, Func<string, JsonObject, JsonObject> rename)
    {
        Folder.Reset();
        var answers = new List<JsonObject>();
        foreach (var (method, parameters) in script)
        {
            answers.Add(await peer.RequestAsync(method, rename(method, (JsonObject)parameters.DeepClone())));
        }

        return answers;
    }

    public async ValueTask DisposeAsync()
    {
        if (Gateway is not null)
        {
            await Gateway.DisposeAsync();
        }

        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }

        Http.Dispose();
        Folder.Dispose();
    }

    private string[] FilesCommand() => [.. Package("filesystem"), Folder.Root];

    private string[] Package(string name) => [Node, NodePeers.Package($"@modelcontextprotocol/server-{name}", "dist/index.js")];

    private static JsonObject Entry(string[] command, params (string Name, string Value)[] environment)
    {
        var entry = SmallServer.Command(command);
        entry["env"] = new JsonObject(environment.Select(v => KeyValuePair.Create(v.Name, (JsonNode?)v.Value)));
        return entry;
    }

    private RawStdioPeer Start(string[] command, params (string Name, string Value)[] environment)
    {
        var process = PeerProcess.Start(command[0], command[1..], environment.ToDictionary(v => v.Name, v => v.Value));
        _processes.Add(process);
        return new RawStdioPeer(process.Process.StandardInput.BaseStream, process.Process.StandardOutput.BaseStream, RawPeer.Legacy);
    }
}

/// <summary>
/// Tests that share the servers, one after the other and with no others beside them: a gateway over stdio answers after some seconds
/// at the latest, and by then the server that it has to start must be there.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class NpmServersGroup : ICollectionFixture<NpmServers>
{
    public const string Name = "npm servers";
}
