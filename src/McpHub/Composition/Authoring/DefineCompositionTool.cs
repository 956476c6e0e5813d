using McpHub.Composition.Checking;
using McpHub.Composition.Definitions;
using McpHub.Configuration;
using McpHub.Configuration.Reading;
using McpHub.Pipeline.Nested;
using McpHub.Protocol;
using CatalogStore = McpHub.Catalog.CatalogStore;

namespace McpHub.Composition.Authoring;

/// <summary><c>hub_define_composition</c>: makes a tool of what its caller describes, for that caller.</summary>
internal sealed class DefineCompositionTool(CallerCompositions compositions, CatalogStore catalog) : AuthoringTool
{
    public override string Definition =>
        """
        {
          "name": "hub_define_composition",
          "title": "Define a composition",
          "description": "Makes a new tool out of steps that call other tools. Everything that is wrong with a definition is answered at once. In a step's arguments, \"${/input/NAME}\" is an argument of the new tool and \"${/steps/ID/NAME}\" is from the output of an earlier step.",
          "inputSchema": {
            "type": "object",
            "properties": {
              "definition": {
                "type": "object",
                "description": "The composition.",
                "properties": {
                  "name": { "type": "string", "description": "The new tool's name: letters, digits, - and _." },
                  "description": { "type": "string", "description": "What the new tool is for." },
                  "inputSchema": { "type": "object", "description": "The JSON schema of its arguments." },
                  "steps": {
                    "type": "array",
                    "items": { "type": "object" },
                    "description": "Each {\"id\", \"tool\", \"arguments\"}, and optionally when, forEach, retry, timeout, onError, after, result; or {\"id\", \"elicit\"}."
                  },
                  "output": { "description": "The result, with references where values go; the output of the last step when absent." }
                },
                "required": ["name", "description", "steps"]
              },
              "replace": { "type": "boolean", "description": "Whether it may take the place of your own by the same name.", "default": false }
            },
            "required": ["definition"]
          },
          "annotations": { "readOnlyHint": false, "destructiveHint": false, "idempotentHint": false, "openWorldHint": false }
        }
        """;

    public override Task<NestedOutput> RunAsync(NestedRun run, CancellationToken cancellationToken) => Task.FromResult(Define(run));

    private NestedOutput Define(NestedRun run)
    {
        if (!JsonMembers.TryGet(run.Arguments.Span, "definition"u8, out var json))
        {
            return Refuse("Invalid arguments for tool 'hub_define_composition': 'definition' is missing.");
        }

        if (json.Length > CompositionLimits.LongestDefinition)
        {
            return Refuse($"The definition has {json.Length} bytes; {CompositionLimits.LongestDefinition} is the most.");
        }

        var utf8 = json.ToArray();
        var plan = CompositionReader.Parse(utf8, out var issues);
        if (plan is not null)
        {
            var own = new IssueCollector(new TextPositions(utf8));
            ReportChosen(plan.Definition.Node, own);

            // What the author may not call is not there for the check either.
            CatalogCheck.Check(plan, new ViewDirectory(run.View), own, IssueSeverity.Error);
            issues = [.. issues, .. own.ToList()];
        }

        if (plan is null || issues.Any(i => i.Severity == IssueSeverity.Error))
        {
            return Refuse("The definition is wrong:\n" + string.Join('\n', issues));
        }

        JsonMembers.TryGet(run.Arguments.Span, "replace"u8, out var replace);
        return Take(run, plan, issues, replace.SequenceEqual("true"u8));
    }

    /// <summary>What policy and limits go by is the configuration's to say: who chose it could choose what is allowed.</summary>
    private static void ReportChosen(ConfigNode definition, IssueCollector issues)
    {
        foreach (var member in new[] { "category", "tags" })
        {
            if (definition[member] is { } chosen)
            {
                issues.Error(chosen, new Problem(
                    "is not for callers to choose", $"Remove \"{member}\"; the category of what callers define is {CompositionSource.Category}, and it has no tags."));
            }
        }
    }

    private NestedOutput Take(NestedRun run, CompositionPlan plan, IReadOnlyList<ConfigurationIssue> warnings, bool mayReplace)
    {
        var snapshot = catalog.Current;
        var name = plan.Definition.Name;
        var isOwn = compositions.All.Any(c => c.Name == name && c.Owner == run.Caller.Key);
        var problem = !isOwn && snapshot.Root.Content.Tools.Any(t => t.Name == name)
            ? new Problem("is the name of another tool", "Choose another name.")
            : compositions.Define(run.Caller, plan, snapshot.Config.Gateway.CallerCompositions, mayReplace);
        if (problem is { } found)
        {
            return Refuse($"'{name}' {found.What}. {found.Mend}");
        }

        return Structured(writer =>
        {
            writer.WriteString("name"u8, name);
            writer.WriteNumber("steps"u8, plan.Steps.Length);
            writer.WriteStartArray("warnings"u8);
            foreach (var warning in warnings)
            {
                writer.WriteStringValue(warning.ToString());
            }

            writer.WriteEndArray();
        });
    }
}
