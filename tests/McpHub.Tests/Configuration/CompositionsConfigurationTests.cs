using System.Text.Json;
using McpHub.Configuration;

namespace McpHub.Tests.Configuration;

public sealed class CompositionsConfigurationTests : IDisposable
{
    private const string Echo = """{ "name": "NAME", "description": "d", "steps": [{ "id": "a", "tool": "hub_echo" }] }""";

    private readonly ConfigurationFolder _folder = new();

    public static TheoryData<string> Samples { get; } =
        [.. Directory.GetFiles(Path.Combine(RepositoryFiles.Root, "docs", "samples", "compositions")).Select(p => Path.GetFileName(p)!)];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Compositions_AreThoseOfTheFileAndOfTheFolder()
    {
        _folder.Write("flows/b.json", Echo.Replace("NAME", "b", StringComparison.Ordinal));
        _folder.Write("flows/c.json", "// A comment.\n" + Echo.Replace("NAME", "c", StringComparison.Ordinal));
        _folder.Write("flows/readme.txt", "nothing");

        var gateway = _folder.ReadGateway("""
            { "compositionsFolder": "flows", "compositions": { "a": { "description": "${/not/read}", "steps": [{ "id": "x", "tool": "t", "arguments": { "m": "${/input/HOME}" } }] } } }
            """);

        Assert.Equal(["a", "b", "c"], gateway.Compositions.Keys);
        Assert.Contains("${/input/HOME}", gateway.Compositions["a"], StringComparison.Ordinal);
    }

    [Fact]
    public void Mistakes_AreErrorsOfTheConfiguration_WithTheirPlaces()
    {
        _folder.Write("flows/bad.json", "{ \"name\": \"bad\",\n \"steps\": [{ \"id\": \"a\", \"tol\": \"t\" }] }");
        _folder.Write("flows/twin.json", Echo.Replace("NAME", "a", StringComparison.Ordinal));

        var result = _folder.Read("""
            { "gateway": {
              "compositions": {
                "a": { "description": "d", "steps": [{ "id": "x", "tool": "t" }] },
                "b": { "description": "d", "name": "b", "steps": [{ "id": "x", "tool": "t", "retry": { "attempts": 0 } }] }
              },
              "compositionsFolder": "flows"
            } }
            """);

        Assert.Null(result.Config);
        Assert.Contains(result.Issues, i => i is { Path: "$.gateway.compositions.b.name", Line: 4 });
        Assert.Contains(result.Issues, i => i is { Path: "$.gateway.compositions.b.steps[0].retry.attempts", Line: 4 });
        var inFolder = result.Issues.Where(i => i.Path == "$.gateway.compositionsFolder").Select(i => i.Problem).ToArray();
        Assert.Contains(inFolder, p => p.Contains("bad.json, $.steps[0].tol (line 2", StringComparison.Ordinal));
        Assert.Contains(inFolder, p => p.Contains("a composition 'a' in twin.json, which is there already", StringComparison.Ordinal));
    }

    [Fact]
    public void MissingFolder_IsAnError()
    {
        var issue = Assert.Single(_folder.Read("""{ "gateway": { "compositionsFolder": "nowhere" } }""").Issues);

        Assert.Equal((IssueSeverity.Error, "$.gateway.compositionsFolder"), (issue.Severity, issue.Path));
    }

    [Fact]
    public void Sources_HaveChanged_WhenAFileComesGoesOrChanges()
    {
        var file = _folder.Write("flows/b.json", Echo.Replace("NAME", "b", StringComparison.Ordinal));
        const string Config = """{ "gateway": { "compositionsFolder": "flows" } }""";
        Assert.DoesNotContain(_folder.Read(Config).Sources, s => s.HasChanged());

        var before = _folder.Read(Config);
        var added = _folder.Write("flows/c.json", Echo.Replace("NAME", "c", StringComparison.Ordinal));
        Assert.Contains(before.Sources, s => s.HasChanged());

        before = _folder.Read(Config);
        File.Delete(added);
        Assert.Contains(before.Sources, s => s.HasChanged());

        before = _folder.Read(Config);
        File.WriteAllText(file, Echo.Replace("NAME", "d", StringComparison.Ordinal));
        Assert.Contains(before.Sources, s => s.HasChanged());
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Sample_FitsTheSchema_AndReadsWithoutIssues(string name)
    {
        var text = RepositoryFiles.Read("docs", "samples", "compositions", name);
        _folder.Write("flows/" + name, text);
        using var schema = JsonDocument.Parse(RepositoryFiles.Read("docs", "schema", "mcphub.schema.json"));
        using var wrapped = JsonDocument.Parse($$$$"""{"gateway":{"compositions":{"x":{{{{text}}}}}}}""");

        Assert.Empty(new SchemaValidator(schema.RootElement).Validate(wrapped.RootElement));
        Assert.Empty(_folder.Read("""{ "gateway": { "compositionsFolder": "flows" } }""").Issues);
    }
}
