using System.Text.Json;
using System.Text.RegularExpressions;
using McpHub.Configuration;
using McpHub.Configuration.Reading;

namespace McpHub.Composition.Definitions;

/// <summary>Reads a definition, wherever it stands, and reports every mistake with its path and its mend.</summary>
internal static partial class CompositionReader
{
    /// <summary>The names of the gateway's own tools begin with this.</summary>
    public const string Reserved = "hub_";

    private const string Example = "{\"name\": \"…\", \"description\": \"…\", \"steps\": […]}";

    private static readonly string[] KnownAnnotations = ["title", "readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"];

    /// <summary>Reads a definition that stands alone: a file, or what a caller gives.</summary>
    /// <param name="utf8">The text; comments and trailing commas are taken.</param>
    /// <param name="issues">Everything that is wrong, in the order of the text.</param>
    /// <returns><see langword="null"/> if anything is an error.</returns>
    public static CompositionPlan? Parse(ReadOnlyMemory<byte> utf8, out IReadOnlyList<ConfigurationIssue> issues)
    {
        var positions = new TextPositions(utf8);
        var collector = new IssueCollector(positions);
        var plan = TextEncodingCheck.Passes(utf8.Span, collector) && new ConfigTreeParser(positions, collector).Parse(utf8.Span) is { } node
            ? Read(node, null, collector)
            : null;
        issues = collector.ToList();
        return collector.HasErrors ? null : plan;
    }

    /// <param name="node">The definition.</param>
    /// <param name="name">Its name, where that stands outside; else <see langword="null"/>.</param>
    /// <param name="issues">Where to report.</param>
    /// <returns><see langword="null"/> if anything is an error.</returns>
    public static CompositionPlan? Read(ConfigNode node, string? name, IssueCollector issues)
    {
        if (DefinitionNodes.Open(node, issues, Example) is not { } members)
        {
            return null;
        }

        members.Take("$schema");
        var given = name ?? members.Required("name", "Add \"name\", the name of the tool.");
        CheckName(given, name is null ? node["name"] ?? node : node, issues);
        var inputSchema = ReadSchema(members, "inputSchema", "the arguments of a tool are an object");
        var outputSchema = ReadSchema(members, "outputSchema", "what is no object is told as {\"result\": …}");
        var steps = StepReader.ReadAll(members, out var expressions);
        var definition = new CompositionDefinition
        {
            Name = given ?? "",
            Title = members.Text("title", "Write a text."),
            Description = members.Required("description", "Add \"description\", which tells a model what the tool is for.") ?? "",
            InputSchema = inputSchema ?? """{"type":"object"}""",
            OutputSchema = outputSchema,
            Annotations = ReadAnnotations(members),
            Category = members.Text("category", "Write a text."),
            Tags = members.Texts("tags"),
            Timeout = members.Duration("timeout", CompositionLimits.LongestTimeout),
            Steps = steps,
            Output = members.Take("output") is { } output ? expressions.Read(output) : null,
            Node = node,
        };
        members.Finish();

        // Steps that could not be read at all would leave the places of the others wrong.
        return steps.Count == (node["steps"]?.Items.Count ?? 0) && steps.Count > 0 ? CompositionPlan.Compile(definition, issues) : null;
    }

    private static void CheckName(string? name, ConfigNode node, IssueCollector issues)
    {
        if (name is null)
        {
            return;
        }

        if (!ToolName().IsMatch(name))
        {
            issues.Error(node, new Problem($"'{VisibleText.Of(name)}' is no name of a tool", "Write letters, digits, - and _, 64 at most."));
        }
        else if (name.StartsWith(Reserved, StringComparison.Ordinal))
        {
            issues.Error(node, new Problem($"'{name}' begins as the gateway's own tools do", $"Choose a name that doesn't begin with {Reserved}."));
        }
    }

    private static string? ReadSchema(DefinitionNodes members, string key, string why)
    {
        if (members.Node[key] is { Kind: JsonValueKind.Object } schema && schema["type"]?.Text != "object")
        {
            members.Issues.Error(schema, new Problem("is no schema of an object", $"Add \"type\": \"object\"; {why}."));
        }

        return members.Json(key, "Write a JSON schema: {\"type\": \"object\", \"properties\": {…}}.");
    }

    private static string? ReadAnnotations(DefinitionNodes members)
    {
        var json = members.Json("annotations", "Write {\"readOnlyHint\": true}, for example.");
        foreach (var member in members.Node["annotations"]?.Members ?? [])
        {
            if (member.Name != "title" && KnownAnnotations.Contains(member.Name) && member.Node.Kind is not (JsonValueKind.True or JsonValueKind.False))
            {
                members.Issues.Error(member.Node, new Problem("is neither true nor false", "Write true or false."), IssueValue.Of(member.Node));
            }
        }

        return json;
    }

    [GeneratedRegex(@"^[A-Za-z0-9_-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ToolName();
}
