using System.Text;
using System.Text.Json;
using McpHub.Composition.Definitions;
using McpHub.Configuration;
using McpHub.Protocol;

namespace McpHub.Tests.Composition;

public sealed class CompositionReaderTests
{
    [Fact]
    public void Definition_IsAPlan_WithItsGraph()
    {
        var plan = Read("""
            {
              // A comment is taken.
              "name": "search_then_read",
              "description": "Finds files and reads them.",
              "inputSchema": { "type": "object", "properties": { "pattern": { "type": "string" } }, "required": ["pattern"] },
              "steps": [
                { "id": "read", "tool": "files_read", "forEach": { "items": "/steps/search/files", "parallel": 2 }, "arguments": { "path": "${/item}" } },
                { "id": "search", "tool": "files_search", "arguments": { "pattern": "*${/input/pattern}*" } },
              ],
              "output": { "texts": "${/steps/read}" },
            }
            """);

        Assert.Equal([1], plan.Roots);
        Assert.Equal([1], plan.Steps[0].Dependencies);
        Assert.Equal([0], plan.Steps[1].Dependents);
        Assert.Equal([1], plan.Steps[0].Needed);
        Assert.Equal((2, 1000), (plan.Steps[0].Definition.ForEach!.Parallel, plan.Steps[0].Definition.ForEach!.Most));
        Assert.Equal(["files_read", "files_search"], plan.Calls.Select(c => c.Tool));
    }

    [Fact]
    public void Definition_TellsEveryMistakeAtOnce_WithPathAndMend()
    {
        var issues = Wrong("""
            {
              "name": "hub_mine",
              "descripton": "A slip.",
              "steps": [
                { "id": "a", "tool": "t", "arguments": { "x": "${/steps/base/x", "y": "${/steps/bse/y}", "z": "${input}" } },
                { "id": "base", "tool": "t", "elicit": { "message": "?" } },
                { "id": "base", "tool": "t", "when": { "at": "/nowhere/x", "exists": true } },
                { "id": "c", "arguments": { "i": "${/item}" }, "retry": { "attempts": 99, "on": ["timeuot"] }, "timeout": 5 },
                { "id": "d!", "tool": "t", "onError": "ignore", "result": "xml", "after": ["q"], "when": { "at": "/input/x" } }
              ]
            }
            """);

        Assert.Equal(
            [
                "$", "$.name", "$.descripton", "$.steps[0].arguments.x", "$.steps[0].arguments.y", "$.steps[0].arguments.z", "$.steps[1]", "$.steps[2].id",
                "$.steps[2].when.at", "$.steps[3]", "$.steps[3].arguments.i", "$.steps[3].retry.attempts", "$.steps[3].retry.on[0]", "$.steps[3].timeout",
                "$.steps[4].id", "$.steps[4].onError", "$.steps[4].result", "$.steps[4].after[0]", "$.steps[4].when",
            ],
            Ordered(issues));
        Assert.Contains(issues, i => i.Mend == "Did you mean description?");
        Assert.Contains(issues, i => i.Mend == "Did you mean /steps/base?");
        Assert.Contains(issues, i => i.Mend.StartsWith("Did you mean timeout?", StringComparison.Ordinal));
        Assert.All(issues, i => Assert.True(i.Line > 0));
    }

    [Theory]
    [InlineData("inputSchema")]
    [InlineData("outputSchema")]
    public void Schema_IsOfAnObject(string member)
    {
        var issue = Assert.Single(Wrong($$$"""{"name":"c","description":"d","{{{member}}}":{"type":"array"},"steps":[{"id":"a","tool":"t"}]}"""));

        Assert.Equal(("$." + member, "is no schema of an object"), (issue.Path, issue.Problem));
    }

    [Theory]
    [InlineData("""[{"id":"a","tool":"t","arguments":{"x":"${/steps/a}"}}]""", "step 'a' waits for itself")]
    [InlineData("""[{"id":"a","tool":"t","after":["b"]},{"id":"b","tool":"t","when":{"at":"/steps/c","exists":true}},{"id":"c","tool":"t","arguments":{"x":"${/errors/a}"}},{"id":"d","tool":"t","after":["a"]}]""", "steps wait for each other: a → b → c → a")]
    public void Circle_IsNamed_AndWhatHangsOnItIsNot(string steps, string problem)
    {
        Assert.Equal(problem, Assert.Single(Wrong(Around(steps))).Problem);
    }

    [Theory]
    [InlineData("""{"at":"/input/x","in":[]}""")]
    [InlineData("""{"all":[{"at":"/input/x","exists":false},{"at":"/input/x","equals":1}]}""")]
    [InlineData("""{"all":[{"at":"/input/x","equals":2},{"at":"/input/x","equals":1}]}""")]
    [InlineData("""{"any":[{"at":"/input/x","in":[]},{"at":"/input/y","in":[]}]}""")]
    public void Step_IsUnreachable_WhoseConditionNeverHolds(string condition)
    {
        var issues = Wrong(Around($$$"""[{"id":"a","tool":"t","when":{{{condition}}}},{"id":"b","tool":"t","arguments":{"x":"${/steps/a}"}},{"id":"c","tool":"t","arguments":{"x":"${/steps/a:-0}"}}]"""));

        Assert.Equal(["$.steps[0].when", "$.steps[1]"], Ordered(issues));
    }

    [Fact]
    public void Template_TakesEscapes_AndDefaultsOfAnyType()
    {
        var plan = Read(Around("""[{"id":"a","tool":"t","arguments":{"plain":"$${x}","text":"${/input/a:-else}","number":"${/input/b:-7}","list":"${/input/c:-[1, 2]}"}}]"""));

        Assert.Equal("""{"plain":"${x}","text":"else","number":7,"list":[1, 2]}""", Text(plan.Steps[0].Definition, "{}"));
        Assert.Equal("""{"plain":"${x}","text":null,"number":"b","list":{}}""", Text(plan.Steps[0].Definition, """{"a":null,"b":"b","c":{}}"""));
    }

    [Theory]
    [InlineData("${/input/x:-{}}", "{}")]
    [InlineData("${/input/x:-[]}", "[]")]
    [InlineData("${/input/x:-{\"a\":{\"b\":[\"}\"]}} }", "{\"a\":{\"b\":[\"}\"]}}")]
    [InlineData("ü${/input/x:-{\"ü\":\"\u20ac}\"}}}", "\"ü{\\\"ü\\\":\\\"\u20ac}\\\"}}\"")]
    [InlineData("${/input/x:-{}}${/input/x:-[{}]}", "\"{}[{}]\"")]
    [InlineData("${/input/x:-[none]}", "\"[none]\"")]
    [InlineData("${/input/x:-{none}}", "\"{none}\"")]
    [InlineData("${/input/x:-{} or so}", "\"{ or so}\"")]
    [InlineData("${/input/x:-}", "\"\"")]
    public void Default_ThatIsAnObjectOrArray_EndsWhereItsJsonDoes(string template, string value)
    {
        var plan = Read(Around($$$"""[{"id":"a","tool":"t","arguments":{"x":{{{JsonSerializer.Serialize(template)}}}}}]"""));

        Assert.Equal($$"""{"x":{{value}}}""", Text(plan.Steps[0].Definition, "{}"));
    }

    [Fact]
    public void Template_PutsValuesIntoText_StringsAsTheyAre()
    {
        var plan = Read(Around("""[{"id":"a","tool":"t","arguments":{"x":"«${/input/s}» ${/input/o} ${/input/n}"}}]"""));

        Assert.Equal("""{"x":"«a \"b\"\n» {\"k\":\"v\"} 1.50"}""", Text(plan.Steps[0].Definition, """{"s":"a \"b\"\n","o":{"k":"v"},"n":1.50}"""));
    }

    private static string[] Ordered(IReadOnlyList<ConfigurationIssue> issues) => [.. issues.Select(i => i.Path)];

    private static string Text(StepDefinition step, string input)
    {
        using var buffer = Utf8Buffer.Rent();
        Assert.True(step.Arguments.TryWrite(buffer, new McpHub.Composition.Values.ValueScope(Encoding.UTF8.GetBytes(input), []), int.MaxValue));
        return Encoding.UTF8.GetString(buffer.Span);
    }

    private static string Around(string steps) => $$"""{"name":"c","description":"d","steps":{{steps}}}""";

    private static CompositionPlan Read(string json)
    {
        var plan = CompositionReader.Parse(Encoding.UTF8.GetBytes(json), out var issues);
        Assert.Empty(issues);
        return plan!;
    }

    private static IReadOnlyList<ConfigurationIssue> Wrong(string json)
    {
        Assert.Null(CompositionReader.Parse(Encoding.UTF8.GetBytes(json), out var issues));
        return issues;
    }
}
