using System.Text.Json;
using McpHub.Configuration;
using McpHub.Configuration.Comparison;

namespace McpHub.Tests.Configuration;

/// <summary>Records, schema, samples and documentation say the same.</summary>
public sealed class SchemaTests : IDisposable
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
    private readonly ConfigurationFolder _folder = new();
    private readonly JsonDocument _schema = JsonDocument.Parse(RepositoryFiles.Read("docs", "schema", "mcphub.schema.json"));

    public static TheoryData<string> Samples { get; } = [.. RepositoryFiles.Samples.Select(path => Path.GetFileName(path)!)];

    public static TheoryData<string> Invalid { get; } =
    [
        """{ "mcpServers": { "a": {} } }""",
        """{ "mcpServers": { "a": { "command": "x", "url": "http://h" } } }""",
        """{ "mcpServers": { "a": { "command": "x", "args": [1] } } }""",
        """{ "mcpServers": { "a": { "command": "x", "env": { "A": 1 } } } }""",
        """{ "mcpServers": { "": { "command": "x" } } }""",
        """{ "mcpServers": { "a": { "url": "ftp://h" } } }""",
        """{ "gateway": { "pageSize": 0 } }""",
        """{ "gateway": { "pageSize": 1.5 } }""",
        """{ "gateway": { "builtInTools": "true" } }""",
        """{ "gateway": { "timeouts": { "call": 30 } } }""",
        """{ "gateway": { "timeouts": { "call": "30" } } }""",
        """{ "gateway": { "sizes": { "request": "4 megs" } } }""",
        """{ "gateway": { "naming": { "prefix": "sometimes" } } }""",
        """{ "gateway": { "naming": { "separator": "...." } } }""",
        """{ "gateway": { "http": { "path": "/mcp/" } } }""",
        """{ "gateway": { "telemetry": { "otlp": {} } } }""",
        """{ "gateway": { "policy": { "default": "ask" } } }""",
        """{ "gateway": { "policy": { "rules": [{ "tools": ["a"] }] } } }""",
        """{ "gateway": { "policy": { "rules": [{ "effect": "deny", "tools": [] }] } } }""",
        """{ "gateway": { "policy": { "rules": [{ "effect": "deny", "callers": { "scopes": ["two words"] } }] } } }""",
        """{ "gateway": { "policy": { "rules": [{ "effect": "deny", "arguments": [{ "equals": 1 }] }] } } }""",
        """{ "gateway": { "policy": { "rules": [{ "effect": "deny", "arguments": [{ "at": "a~2", "min": "1" }] }] } } }""",
        """{ "gateway": { "auth": { "issuers": [{}] } } }""",
        """{ "gateway": { "auth": { "issuers": [{ "issuer": "https://a", "algorithms": ["HS256"] }] } } }""",
        """{ "gateway": { "auth": { "apiKeys": [{ "name": "a", "hash": "x" }] } } }""",
        """{ "gateway": { "auth": { "scopes": ["a b"] } } }""",
        """{ "gateway": { "limits": { "rules": [{ "per": "caller" }] } } }""",
        """{ "gateway": { "limits": { "rules": [{ "per": "user", "kind": "concurrency", "permits": 1 }] } } }""",
        """{ "gateway": { "limits": { "tiers": [{ "tools": ["x"] }] } } }""",
        """{ "gateway": { "cache": { "tools": { "a": { "ttl": 5 } } } } }""",
        """{ "gateway": { "cache": { "tools": { "a": { "scope": "all" } } } } }""",
        """{ "gateway": { "cache": { "invalidates": { "a": ["b*"] } } } }""",
        """{ "gateway": { "cache": { "warm": [{ "arguments": {} }] } } }""",
        """{ "gateway": { "compositions": { "a": { "description": "x" } } } }""",
        """{ "gateway": { "compositions": { "a": { "description": "x", "steps": [{ "id": "s" }] } } } }""",
        """{ "gateway": { "compositions": { "a": { "description": "x", "steps": [{ "id": "s", "tool": "t", "when": { "at": "x", "exists": true } }] } } } }""",
        """{ "gateway": { "callerCompositions": { "perCaller": 0 } } }""",
        """{ "gateway": { "typo": 1 } }""",
    ];

    public void Dispose()
    {
        _schema.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Sample_ReadsWithoutIssuesAndFitsTheSchema(string name)
    {
        var text = RepositoryFiles.Read("docs", "samples", name);

        // The folder that a sample names lies next to it.
        Directory.CreateDirectory(Path.Combine(_folder.Root, "compositions"));
        var result = _folder.Read(text);
        using var json = JsonDocument.Parse(text, Lenient);

        Assert.Empty(result.Issues);
        Assert.NotEmpty(result.Config!.Upstreams);
        Assert.Empty(new SchemaValidator(_schema.RootElement).Validate(json.RootElement));
    }

    [Theory]
    [MemberData(nameof(Invalid))]
    public void Schema_RefusesWhatIsWrong(string json)
    {
        using var document = JsonDocument.Parse(json);

        Assert.NotEmpty(new SchemaValidator(_schema.RootElement).Validate(document.RootElement));
    }

    [Fact]
    public void FullSample_UsesEverySettingOfTheGateway()
    {
        using var json = JsonDocument.Parse(RepositoryFiles.Read("docs", "samples", "full.json"), Lenient);

        foreach (var (path, _) in Settings().Where(setting => setting.Path.StartsWith("gateway.", StringComparison.Ordinal)))
        {
            var names = path.Replace(".NAME", ".files", StringComparison.Ordinal).Replace(".TOOL", ".read_file", StringComparison.Ordinal);
            var element = json.RootElement;
            Assert.All(names.Split('.'), name => Assert.True(element.TryGetProperty(name, out element), path));
        }
    }

    [Fact]
    public void Schema_HasEverySettingWithItsDefault()
    {
        foreach (var (path, value) in Settings())
        {
            var schema = Find(path);
            Assert.True(schema.TryGetProperty("description", out _), path);
            Assert.Equal(value, schema.TryGetProperty("default", out var given) ? given.GetRawText() : null);
        }
    }

    [Fact]
    public void Documentation_HasEverySettingWithItsDefault()
    {
        var rows = RepositoryFiles.Read("docs", "configuration.md").ReplaceLineEndings("\n").Split('\n')
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|').Select(cell => cell.Trim()).ToArray())
            .Where(cells => cells.Length == 7)
            .ToDictionary(cells => cells[1].Trim('`'), cells => (Default: cells[3].Trim('`'), Reload: cells[5]));

        Assert.Equal(Settings().Select(setting => setting.Path).Order(), rows.Keys.Order());
        foreach (var (path, value) in Settings())
        {
            Assert.Equal((path, value ?? "none"), (path, rows[path].Default));
        }

        foreach (var setting in GatewaySettings.All)
        {
            Assert.Equal((setting.Path, setting.NeedsRestart ? "restart" : "yes"), (setting.Path, rows[setting.Path].Reload));
        }
    }

    [Fact]
    public void Documentation_ShowsMessagesAsTheyAre()
    {
        const string Broken =
            """
            {
              "mcpServers": {
                "github": { "command": "", "env": { "TOKEN": "${GITHUB_TOKEN}" } },
                "files": { "command": "x", "agrs": [] }
              },
              "gateway": { "timeouts": { "call": 30 }, "http": { "url": "http://0.0.0.0:8080" } }
            }
            """;
        var documentation = RepositoryFiles.Read("docs", "configuration.md");

        var messages = _folder.Read(Broken).Issues.Concat(_folder.Read("{ \"a\": 1 x").Issues).ToList();

        Assert.Equal(6, messages.Count);
        Assert.All(messages, issue =>
        {
            Assert.Contains($"{issue.Severity.ToString().ToLowerInvariant()} {issue.Path} (line ", documentation, StringComparison.Ordinal);
            Assert.Contains(issue.ToString().Split("): ")[1], documentation, StringComparison.Ordinal);
        });
    }

    /// <summary>Every setting: its path, with NAME for a server and TOOL for a tool, and its default.</summary>
    private static IEnumerable<(string Path, string? Default)> Settings()
    {
        var overlay = new[] { "prefix", "include", "exclude", "category", "tags", "timeout", "tools" };
        foreach (var (path, _) in RecordProperties.Of(typeof(UpstreamConfig), ""))
        {
            var name = path.TrimStart('.');
            if (name is "disabled")
            {
                yield return ("mcpServers.NAME.disabled", "false");
                yield return ("gateway.servers.NAME.disabled", "false");
            }
            else if (name is not ("name" or "transport" or "tools"))
            {
                Assert.Contains(name, overlay);
                yield return ("gateway.servers.NAME." + name, name is "include" or "exclude" or "tags" ? "[]" : null);
            }
        }

        foreach (var property in RecordProperties.Of(typeof(StdioTransportConfig), "mcpServers.NAME"))
        {
            yield return (property.Path, property.Path.Split('.')[^1] switch { "args" => "[]", "env" => "{}", _ => null });
        }

        foreach (var (path, _) in RecordProperties.Of(typeof(HttpTransportConfig), "mcpServers.NAME"))
        {
            yield return path.EndsWith(".flavour", StringComparison.Ordinal)
                ? ("mcpServers.NAME.type", null)
                : (path, path.EndsWith(".headers", StringComparison.Ordinal) ? "{}" : null);
        }

        // The one setting that the records do not have: it is gone once env is read.
        yield return ("mcpServers.NAME.envFile", null);
        foreach (var property in RecordProperties.Of(typeof(ToolConfig), "gateway.servers.NAME.tools.TOOL")
            .Concat(RecordProperties.Of(typeof(CacheToolConfig), "gateway.cache.tools.TOOL"))
            .Concat(RecordProperties.Of(typeof(GatewayConfig), "gateway")))
        {
            yield return property;
        }
    }

    private JsonElement Find(string path)
    {
        var validator = new SchemaValidator(_schema.RootElement);
        return path.Split('.').Aggregate(_schema.RootElement, (schema, name) =>
        {
            var target = validator.Resolve(schema);
            return target.TryGetProperty("properties", out var properties) && properties.TryGetProperty(name, out var property)
                ? property
                : target.GetProperty("additionalProperties");
        });
    }
}
