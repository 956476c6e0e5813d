using System.Text.Json.Nodes;
using McpHub.FunctionalTests.Interop;
using McpHub.Testing.Interop;

namespace McpHub.FunctionalTests.Composition;

/// <summary>The samples of the documentation, with the real servers for files and memory, as processes: over HTTP and stdio, in both eras.</summary>
public sealed class SampleCompositionsTests : IDisposable
{
    private readonly FileServerFolder _folder = new();
    private readonly HttpClient _http = new();

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(RawPeer.Legacy)]
    [InlineData(RawPeer.Modern)]
    public async Task Samples_DoWhatTheySay_OverHttp(string revision)
    {
        var node = await NodePeers.ReadyAsync();
        await using var hub = await PeerGateway.StartAsync(Servers(node), Gateway());
        await hub.WhenListedAsync(_http, "files", "memory");
        var client = new RawHttpPeer(_http, hub.Root, revision);
        await client.OpenAsync();

        await CheckAllAsync(client);
    }

    [Fact]
    public async Task Samples_DoWhatTheySay_OverStdio()
    {
        var node = await NodePeers.ReadyAsync();
        var arguments = PeerGateway.StdioArguments(Servers(node), Gateway());
        try
        {
            await using var process = PeerProcess.Start("dotnet", arguments);
            using var client = new RawStdioPeer(process.Process.StandardInput.BaseStream, process.Process.StandardOutput.BaseStream, RawPeer.Legacy);
            await client.OpenAsync();
            await Patience.UntilAsync(
                "both servers are there",
                async () => (await client.RequestAsync("tools/list"))["result"]!["tools"]!.ToJsonString() is var tools
                    && tools.Contains("files_write_file", StringComparison.Ordinal) && tools.Contains("memory_search_nodes", StringComparison.Ordinal),
                () => process.Errors);

            await CheckAllAsync(client);
        }
        finally
        {
            File.Delete(arguments[^1]);
        }
    }

    private static JsonObject Gateway() =>
        new() { ["compositionsFolder"] = Path.Combine(RepositoryFolders.Root, "docs", "samples", "compositions") };

    private static async Task<JsonObject> CallAsync(RawPeer client, string tool, JsonObject arguments)
    {
        var answer = await client.RequestAsync("tools/call", new JsonObject { ["name"] = tool, ["arguments"] = arguments });
        var result = answer["result"] as JsonObject ?? throw new InvalidOperationException(answer.ToJsonString());
        return (bool?)result["isError"] == true ? throw new InvalidOperationException(result.ToJsonString()) : result;
    }

    private static string[] Outcomes(JsonObject result) =>
        [.. result["_meta"]!["io.mcphub/steps"]!.AsArray().Select(s => $"{s!["id"]} {s["outcome"]}")];

    private async Task CheckAllAsync(RawPeer client)
    {
        // Write, then verify: the memory knows the note only because the file has it.
        var note = _folder.PathOf("note.md");
        var saved = await CallAsync(client, "save_note", new JsonObject { ["path"] = note, ["text"] = "An „apollo“ note." });
        Assert.Equal(["write succeeded", "read succeeded", "remember succeeded"], Outcomes(saved));
        Assert.Equal(note, (string)saved["structuredContent"]!["remembered"]![0]!["name"]!);
        Assert.Equal("An „apollo“ note.", await File.ReadAllTextAsync(note, TestContext.Current.CancellationToken));

        // Search, then read: what the memory finds is read from the disk, and what is not there is null.
        await CallAsync(client, "memory_create_entities", new JsonObject
        {
            ["entities"] = new JsonArray(
                new JsonObject { ["name"] = "notes.txt", ["entityType"] = "document", ["observations"] = new JsonArray("gemini") },
                new JsonObject { ["name"] = "gone.txt", ["entityType"] = "document", ["observations"] = new JsonArray("gemini") }),
        });
        var recalled = await CallAsync(client, "recall_documents", new JsonObject { ["query"] = "gemini", ["folder"] = _folder.Root });
        var documents = recalled["structuredContent"]!["documents"]!.AsArray();
        Assert.Equal(2, documents.Count);
        Assert.StartsWith("first", (string)documents[0]!["content"]!, StringComparison.Ordinal);
        Assert.Null(documents[1]);

        // Fan-out, fan-in.
        var overview = await CallAsync(client, "project_overview", new JsonObject { ["folder"] = _folder.Root, ["name"] = "gemini" });
        Assert.Equal("There is none.", (string)overview["structuredContent"]!["readme"]!);
        Assert.Contains("notes.txt", (string)overview["structuredContent"]!["files"]!, StringComparison.Ordinal);
        Assert.Equal(2, overview["structuredContent"]!["known"]!.AsArray().Count);

        // Map, reduce.
        var into = _folder.PathOf("all.json");
        await CallAsync(client, "collect_files", new JsonObject { ["paths"] = new JsonArray(note, _folder.PathOf("inner/code.ts")), ["into"] = into });
        var collected = await File.ReadAllTextAsync(into, TestContext.Current.CancellationToken);
        Assert.StartsWith("Collected: [{\"content\":\"An „apollo“ note.\"}", collected, StringComparison.Ordinal);
        Assert.Contains("answer = 42", collected, StringComparison.Ordinal);

        // A chain of fallbacks, as far as it has to go.
        var second = await CallAsync(client, "find_answer", new JsonObject { ["first"] = _folder.PathOf("no"), ["second"] = note, ["topic"] = "gemini" });
        var last = await CallAsync(client, "find_answer", new JsonObject { ["first"] = _folder.PathOf("no"), ["second"] = _folder.PathOf("no"), ["topic"] = "gemini" });
        Assert.Equal("An „apollo“ note.", (string)second["structuredContent"]!["text"]!);
        Assert.Equal(2, last["structuredContent"]!["entities"]!.AsArray().Count);
        Assert.Equal("memory_search_nodes", (string)last["_meta"]!["io.mcphub/steps"]![0]!["fallback"]!);
    }

    private JsonObject Servers(string node) => new()
    {
        ["files"] = Entry([node, NodePeers.Package("@modelcontextprotocol/server-filesystem", "dist/index.js"), _folder.Root]),
        ["memory"] = Entry(
            [node, NodePeers.Package("@modelcontextprotocol/server-memory", "dist/index.js")],
            new JsonObject { ["MEMORY_FILE_PATH"] = _folder.MemoryFile(Guid.NewGuid().ToString("N")) }),
    };

    private static JsonObject Entry(string[] command, JsonObject? environment = null) => new()
    {
        ["command"] = command[0],
        ["args"] = new JsonArray([.. command[1..].Select(a => (JsonNode)a)]),
        ["env"] = environment ?? [],
    };
}
