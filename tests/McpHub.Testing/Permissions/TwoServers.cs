using McpHub.Catalog;
using McpHub.Configuration;

namespace McpHub.Testing.Permissions;

/// <summary>Two servers that have something of everything, and share a URI and the names of two prompts.</summary>
internal static class TwoServers
{
    private static readonly PolicyAnnotations ReadOnly = new() { ReadOnlyHint = true, DestructiveHint = false, IdempotentHint = false, OpenWorldHint = true };
    private static readonly PolicyAnnotations Unsaid = new() { ReadOnlyHint = false, DestructiveHint = true, IdempotentHint = false, OpenWorldHint = true };

    public static FakeOffer A { get; } = new()
    {
        Tools =
        [
            """{"name":"read_file","inputSchema":{"type":"object"},"annotations":{"readOnlyHint":true}}""",
            """{"name":"write_file","inputSchema":{"type":"object"}}""",
            """{"name":"list","inputSchema":{"type":"object"},"annotations":{"destructiveHint":false,"idempotentHint":true,"openWorldHint":false}}""",
        ],
        Prompts = ["""{"name":"plan"}"""],
        Resources = ["""{"uri":"file:///public/x","name":"x"}""", """{"uri":"file:///secret/y","name":"y"}"""],
        ResourceTemplates = ["""{"uriTemplate":"file:///tmp/{name}","name":"tmp"}"""],
        HasCompletions = true,
        HasSubscriptions = true,
    };

    public static FakeOffer B { get; } = new()
    {
        Tools = ["""{"name":"search","inputSchema":{"type":"object"},"annotations":{"readOnlyHint":true}}""", """{"name":"read_file","inputSchema":{"type":"object"}}"""],
        Prompts = ["""{"name":"plan"}"""],
        Resources = ["""{"uri":"file:///public/x","name":"x"}""", """{"uri":"db://users","name":"u"}"""],
        ResourceTemplates = ["""{"uriTemplate":"db://{table}","name":"db"}"""],
        HasCompletions = true,
        HasSubscriptions = true,
    };

    /// <summary>What the configuration says of each, beside where it is.</summary>
    public static UpstreamConfig ConfigureA(UpstreamConfig config) => config with
    {
        Name = "a",
        Category = "docs",
        Tags = ["all"],
        Tools = new Dictionary<string, ToolConfig> { ["read_file"] = new() { Tags = ["safe"] }, ["write_file"] = new() { Tags = ["danger"], Category = "edit" } },
    };

    public static UpstreamConfig ConfigureB(UpstreamConfig config) => config with { Name = "b" };

    /// <summary>Everything that can be asked for on the endpoint of both.</summary>
    public static IReadOnlyList<Offered> All { get; } =
    [
        new(ListMember.Tools, "a_read_file", "a", "read_file") { Category = "docs", Tags = ["all", "safe"], Hints = ReadOnly },
        new(ListMember.Tools, "a_write_file", "a", "write_file") { Category = "edit", Tags = ["all", "danger"] },
        new(ListMember.Tools, "a_list", "a", "list")
        {
            Category = "docs", Tags = ["all"], Hints = new() { ReadOnlyHint = false, DestructiveHint = false, IdempotentHint = true, OpenWorldHint = false },
        },
        new(ListMember.Tools, "b_search", "b", "search") { Category = "b", Hints = ReadOnly },
        new(ListMember.Tools, "b_read_file", "b", "read_file") { Category = "b", Hints = Unsaid },
        new(ListMember.Prompts, "a_plan", "a", "plan") { Category = "docs", Tags = ["all"] },
        new(ListMember.Prompts, "b_plan", "b", "plan") { Category = "b" },
        Resource("file:///public/x", "a", "file:///public/x"),
        Resource("file:///secret/y", "a", "file:///secret/y"),
        Resource("mcphub://b/file:///public/x", "b", "file:///public/x"),
        Resource("db://users", "b", "db://users"),

        // The same by the other way that there is to each, and what templates make.
        Resource("mcphub://a/file:///secret/y", "a", "file:///secret/y") with { IsListed = false },
        Resource("mcphub://b/db://users", "b", "db://users") with { IsListed = false },
        Resource("file:///tmp/z", "a", "file:///tmp/z") with { IsListed = false, Template = "file:///tmp/{name}" },
        Resource("db://orders", "b", "db://orders") with { IsListed = false, Template = "db://{table}" },
        Resource("mcphub://b/db://orders", "b", "db://orders") with { IsListed = false, Template = "db://{table}" },
        Resource("file:///tmp/{name}", "a", "file:///tmp/{name}") with { Kind = ListMember.ResourceTemplates },
        Resource("db://{table}", "b", "db://{table}") with { Kind = ListMember.ResourceTemplates },
    ];

    private static Offered Resource(string asked, string server, string own) => new(ListMember.Resources, asked, server, own)
    {
        Category = server == "a" ? "docs" : "b",
        Tags = server == "a" ? ["all"] : [],
    };
}
