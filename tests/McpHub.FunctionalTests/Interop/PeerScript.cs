using System.Text.Json.Nodes;

namespace McpHub.FunctionalTests.Interop;

/// <summary>One request as the server itself wants it.</summary>
public sealed record PeerRequest(string Method, JsonObject Parameters);

/// <summary>
/// What each server is asked: its lists, every tool whose answer is the same each time, prompts, resources, completion, and mistakes.
/// A script leaves the server as it found it, so that it can be run again.
/// </summary>
internal static class PeerScript
{
    // Not asked, because two processes or two sessions rightly answer differently.
    private static readonly Dictionary<string, string[]> LeftOut = new()
    {
        [NpmServers.Everything] = ["get-env", "gzip-file-as-resource"],
        [NpmServers.Remote] = ["get-env", "gzip-file-as-resource", "toggle-simulated-logging", "toggle-subscriber-updates"],
        [NpmServers.Files] = [],
        [NpmServers.Memory] = [],
    };

    public static IReadOnlyList<PeerRequest> Of(string server, FileServerFolder folder) => server switch
    {
        NpmServers.Everything => [.. Everything(), .. Toggles()],
        NpmServers.Remote => [.. Everything()],
        NpmServers.Files => [.. Files(folder.PathOf)],
        NpmServers.Memory => [.. Memory()],
        _ => throw new ArgumentOutOfRangeException(nameof(server), server, "There is no such server."),
    };

    /// <summary>The tools that a script has to call, or to leave out by name.</summary>
    public static IEnumerable<string> ToolsOf(string server, IReadOnlyList<PeerRequest> script) =>
        script.Where(r => r.Method == "tools/call").Select(r => (string)r.Parameters["name"]!).Concat(LeftOut[server]).Distinct();

    private static IEnumerable<PeerRequest> Everything() =>
    [
        List("tools"), List("prompts"), List("resources"), List("resources/templates"),
        Call("echo", new { message = "Grüße „aus“ 漢字 🚀 \u2028 \" \\ / \u0001" }),
        Call("get-sum", new { a = 1.5, b = -2e20 }),
        Call("get-sum", new { a = "no number" }),
        Call("get-sum", null),
        Call("get-structured-content", new { location = "Chicago" }),
        Call("get-annotated-message", new { messageType = "error", includeImage = true }),
        Call("get-annotated-message", new { messageType = "debug" }),
        Call("get-tiny-image", new { }),
        Call("get-resource-links", new { count = 4 }),
        Call("get-resource-reference", new { resourceType = "Text", resourceId = 3 }),
        Call("get-resource-reference", new { resourceType = "Blob", resourceId = 4 }),
        Call("trigger-long-running-operation", new { duration = 0.1, steps = 2 }),
        Call("simulate-research-query", new { topic = "gateways" }),
        Prompt("simple-prompt", null),
        Prompt("args-prompt", new { city = "Bonn", state = "NRW" }),
        Prompt("args-prompt", new { }),
        Prompt("completable-prompt", new { department = "Engineering", name = "Alice" }),
        Prompt("resource-prompt", new { resourceType = "Blob", resourceId = "5" }),
        Read("demo://resource/static/document/features.md"),
        Read("demo://resource/dynamic/text/6"),
        Read("demo://resource/dynamic/blob/7"),
        Read("demo://resource/dynamic/text/none"),
        Complete(new { type = "ref/prompt", name = "completable-prompt" }, "department", "E"),
        Complete(new { type = "ref/prompt", name = "completable-prompt" }, "name", "", new { department = "Sales" }),
        Complete(new { type = "ref/resource", uri = "demo://resource/dynamic/text/{resourceId}" }, "resourceId", "1"),
    ];

    /// <summary>Each switches something on and off again.</summary>
    private static IEnumerable<PeerRequest> Toggles() =>
        from tool in new[] { "toggle-simulated-logging", "toggle-subscriber-updates" }
        from _ in Enumerable.Range(0, 2)
        select Call(tool, new { });

    private static IEnumerable<PeerRequest> Files(Func<string, string> path) =>
    [
        List("tools"),
        Call("read_file", new { path = path("notes.txt") }),
        Call("read_text_file", new { path = path("notes.txt"), head = 2 }),
        Call("read_text_file", new { path = path("notes.txt"), tail = 1 }),
        Call("read_text_file", new { path = path("missing.txt") }),
        Call("read_text_file", new { path = "/etc/passwd" }),
        Call("read_media_file", new { path = path("dot.png") }),
        Call("read_media_file", new { path = path("data.bin") }),
        Call("read_multiple_files", new { paths = new[] { path("notes.txt"), path("missing.txt") } }),
        Call("write_file", new { path = path("new.txt"), content = "a\r\nb\n" }),
        Call("edit_file", new { path = path("notes.txt"), edits = new[] { new { oldText = "first", newText = "1st" } }, dryRun = true }),
        Call("edit_file", new { path = path("notes.txt"), edits = new[] { new { oldText = "second", newText = "2nd" } } }),
        Call("edit_file", new { path = path("notes.txt"), edits = new[] { new { oldText = "is not there", newText = "" } } }),
        Call("create_directory", new { path = path("inner/more/yet") }),
        Call("move_file", new { source = path("new.txt"), destination = path("inner/moved.txt") }),
        Call("list_directory", new { path = path(".") }),
        Call("list_directory_with_sizes", new { path = path("."), sortBy = "size" }),
        Call("directory_tree", new { path = path(".") }),
        Call("search_files", new { path = path("."), pattern = "**/*.txt" }),
        Call("get_file_info", new { path = path("untouched.txt") }),
        Call("list_allowed_directories", new { }),
    ];

    private static IEnumerable<PeerRequest> Memory() =>
    [
        List("tools"), List("resources"), List("resources/templates"),
        Call("create_entities", new
        {
            entities = new object[]
            {
                new { name = "Ada", entityType = "person", observations = new[] { "wrote „Note G“" } },
                new { name = "Engine", entityType = "machine", observations = Array.Empty<string>() },
            },
        }),
        Call("create_relations", new { relations = new[] { new { from = "Ada", to = "Engine", relationType = "programs" } } }),
        Call("add_observations", new { observations = new[] { new { entityName = "Engine", contents = new[] { "analytical" } } } }),
        Call("add_observations", new { observations = new[] { new { entityName = "Nobody", contents = new[] { "nothing" } } } }),
        Call("read_graph", new { }),
        Call("search_nodes", new { query = "analytical" }),
        Call("open_nodes", new { names = new[] { "Ada" } }),
        Read("memory://knowledge-graph"),
        Read("memory://nothing"),
        Call("delete_observations", new { deletions = new[] { new { entityName = "Engine", observations = new[] { "analytical" } } } }),
        Call("delete_relations", new { relations = new[] { new { from = "Ada", to = "Engine", relationType = "programs" } } }),
        Call("delete_entities", new { entityNames = new[] { "Ada", "Engine" } }),
        Call("read_graph", null),
    ];

    private static PeerRequest List(string what) => new(what + "/list", []);

    private static PeerRequest Call(string name, object? arguments) => Named("tools/call", name, arguments);

    private static PeerRequest Prompt(string name, object? arguments) => Named("prompts/get", name, arguments);

    private static PeerRequest Read(string uri) => new("resources/read", new JsonObject { ["uri"] = uri });

    private static PeerRequest Complete(object reference, string argument, string value, object? known = null)
    {
        var parameters = new JsonObject
        {
            ["ref"] = Node(reference),
            ["argument"] = new JsonObject { ["name"] = argument, ["value"] = value },
        };
        if (known is not null)
        {
            parameters["context"] = new JsonObject { ["arguments"] = Node(known) };
        }

        return new PeerRequest("completion/complete", parameters);
    }

    private static PeerRequest Named(string method, string name, object? arguments)
    {
        var parameters = new JsonObject { ["name"] = name };
        if (arguments is not null)
        {
            parameters["arguments"] = Node(arguments);
        }

        return new PeerRequest(method, parameters);
    }

    private static JsonNode Node(object value) => System.Text.Json.JsonSerializer.SerializeToNode(value)!;
}
