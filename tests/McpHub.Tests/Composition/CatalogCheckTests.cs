using System.Text;
using System.Text.Json;
using McpHub.Composition.Checking;
using McpHub.Composition.Definitions;
using McpHub.Configuration;
using McpHub.Configuration.Reading;

namespace McpHub.Tests.Composition;

public sealed class CatalogCheckTests
{
    private const string Files = """
        {"search":{"name":"search","annotations":{"readOnlyHint":true},
           "inputSchema":{"type":"object","properties":{"pattern":{"type":"string"},"limit":{"type":"integer"},"mode":{"enum":["fast","slow"]}},"required":["pattern"]},
           "outputSchema":{"type":"object","properties":{"files":{"type":"array","items":{"$ref":"#/$defs/f"}},"count":{"type":"integer"}},"additionalProperties":false,"$defs":{"f":{"type":"string"}}}},
         "read":{"name":"read","inputSchema":{"type":"object","properties":{"path":{"type":"string"}},"required":["path"],"additionalProperties":false}},
         "free":{"name":"free","inputSchema":{"type":"object"}}}
        """;

    [Fact]
    public void Flow_IsFine_WhereTypesMayFit()
    {
        Assert.Empty(Check("""
            [{"id":"s","tool":"search","arguments":{"pattern":"${/input/pattern}","mode":"fast","limit":"${/input/limit:-10}"}},
             {"id":"r","tool":"read","forEach":"/steps/s/files","arguments":{"path":"${/item}"}},
             {"id":"f","tool":"free","arguments":{"anything":"${/steps/r}","n":"${/steps/s/count}"}}]
            """));
    }

    [Theory]
    [InlineData("""{"id":"s","tool":"serch"}""", "$.steps[0].tool", "Did you mean search?")]
    [InlineData("""{"id":"s","tool":"c"}""", "$.steps[0].tool", "Call another tool")]
    [InlineData("""{"id":"s","tool":"search"}""", "$.steps[0]", "Add \"pattern\".")]
    [InlineData("""{"id":"s","tool":"search","arguments":{"pattern":7}}""", "$.steps[0].arguments.pattern", "another")]
    [InlineData("""{"id":"s","tool":"search","arguments":{"pattern":"x","mode":"quick"}}""", "$.steps[0].arguments.mode", "fast, slow")]
    [InlineData("""{"id":"s","tool":"search","arguments":{"pattern":"x","limit":"${/input/pattern}"}}""", "$.steps[0].arguments.limit", "another")]
    [InlineData("""{"id":"s","tool":"search","arguments":{"pattern":"${/input/patern}"}}""", "$.steps[0].arguments", "Did you mean pattern?")]
    [InlineData("""{"id":"s","tool":"read","arguments":{"path":"x","paths":[]}}""", "$.steps[0].arguments.paths", "path")]
    [InlineData("""{"id":"s","tool":"search","arguments":{"pattern":"x"}},{"id":"r","tool":"read","arguments":{"path":"${/steps/s/files}"}}""", "$.steps[1].arguments.path", "another")]
    [InlineData("""{"id":"s","tool":"search","arguments":{"pattern":"x"}},{"id":"r","tool":"read","arguments":{"path":"${/steps/s/file}"}}""", "$.steps[1].arguments", "Did you mean files?")]
    [InlineData("""{"id":"s","tool":"search","arguments":{"pattern":"x"}},{"id":"r","tool":"read","forEach":"/steps/s/count","arguments":{"path":"${/item}"}}""", "$.steps[1].forEach", "array")]
    [InlineData("""{"id":"s","tool":"free","when":{"at":"/input/nothing","exists":true}}""", "$.steps[0].when", "There is")]
    [InlineData("""{"id":"s","tool":"free","onError":{"tool":"read","arguments":{"path":true}}}""", "$.steps[0].onError.arguments.path", "another")]
    [InlineData("""{"id":"q","elicit":{"message":"?","schema":{"type":"object","properties":{"n":{"type":"number"}}}}},{"id":"r","tool":"read","arguments":{"path":"${/steps/q/n}"}}""", "$.steps[1].arguments.path", "another")]
    public void Flow_IsAnError_WhereItCanNeverFit(string steps, string path, string mend)
    {
        var issue = Assert.Single(Check($"[{steps}]"));

        Assert.Equal((IssueSeverity.Error, path), (issue.Severity, issue.Path));
        Assert.Contains(mend, issue.Mend, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"id":"r","tool":"read","arguments":{"path":"${/input/limit}"}}""")]
    public void Flow_IsTypedByTheInputSchema(string steps)
    {
        Assert.Equal("$.steps[0].arguments.path", Check($"[{steps}]").First(i => i.Severity == IssueSeverity.Error).Path);
    }

    [Fact]
    public void Retry_IsWarnedOf_WhereItMayRunTwice()
    {
        var issues = Check("""[{"id":"a","tool":"free","retry":{"on":["timeout"]}},{"id":"b","tool":"search","arguments":{"pattern":"x"},"retry":{"on":["timeout"]}},{"id":"c","tool":"free","retry":{}}]""");

        Assert.Equal((IssueSeverity.Warning, "$.steps[0].retry"), (Assert.Single(issues).Severity, issues[0].Path));
    }

    [Fact]
    public void OptionalInput_IsWarnedOf_WhereTheToolRequiresIt()
    {
        var issue = Assert.Single(Check("""[{"id":"r","tool":"read","arguments":{"path":"${/input/name}"}}]"""));

        Assert.Equal((IssueSeverity.Warning, "$.steps[0].arguments.path"), (issue.Severity, issue.Path));
    }

    private static IReadOnlyList<ConfigurationIssue> Check(string steps)
    {
        var plan = CompositionReader.Parse(Encoding.UTF8.GetBytes($$$"""
            {"name":"c","description":"d","steps":{{{steps}}},
             "inputSchema":{"type":"object","properties":{"pattern":{"type":"string"},"limit":{"type":"integer"},"name":{"type":"string"}},"required":["pattern","limit"]}}
            """), out var issues);
        Assert.Empty(issues);
        var collector = new IssueCollector();
        CatalogCheck.Check(plan!, new Directory(JsonElement.Parse(Files)), collector, IssueSeverity.Error);
        return collector.ToList();
    }

    private sealed class Directory(JsonElement tools) : IToolDirectory
    {
        public IEnumerable<string> Names => tools.EnumerateObject().Select(t => t.Name);

        public JsonElement? Find(string tool) => tools.TryGetProperty(tool, out var found) ? found : null;
    }
}
