using System.Text.Json;
using McpHub.Composition.Definitions;
using McpHub.Composition.Values;
using McpHub.Configuration.Reading;

namespace McpHub.Composition.Checking;

/// <summary>What is known of the values that references find: from the composition's own schema, and from those of its steps' tools.</summary>
internal sealed class ReferenceTypes(CompositionPlan plan, IToolDirectory tools, IssueCollector issues)
{
    private readonly SchemaView _input = SchemaView.Parse(plan.Definition.InputSchema);

    public SchemaView Of(ReferenceValue reference, StepDefinition within) => Walk(reference.Pointer, within, out _, out _);

    /// <summary>Whether a caller may leave the value out.</summary>
    public bool MayBeMissing(ReferenceValue reference) =>
        reference is { HasDefault: false, Pointer: { Root: ValueRoot.Input, Segments.Count: 1 } pointer }
        && _input.Names.Contains(pointer.Segments[0]) && !_input.Required.Contains(pointer.Segments[0]);

    /// <summary>Reports every pointer of a step that leads nowhere.</summary>
    public void CheckPlaces(StepDefinition step)
    {
        foreach (var pointer in step.When?.Pointers ?? [])
        {
            CheckPlace(pointer, step.Node["when"]!, step);
        }

        if (step.ForEach is { } forEach)
        {
            var node = step.Node["forEach"]!;
            var items = CheckPlace(forEach.Items, node, step);
            if ((items.Kinds & JsonKinds.Array) == JsonKinds.None)
            {
                issues.Error(node, new Problem($"does not fit: {forEach.Items.Text} is {SchemaView.Text(items.Kinds)}, and no array", "Point to an array."));
            }
        }

        for (var call = step; call is not null; call = call.Fallback)
        {
            CheckPlaces(call.Arguments, call.Node["arguments"] ?? call.Node["elicit"] ?? call.Node, step);
        }
    }

    public void CheckPlaces(ValueExpression value, ConfigNode node, StepDefinition? within)
    {
        foreach (var reference in value.References)
        {
            CheckPlace(reference.Pointer, node, within);
        }
    }

    private SchemaView CheckPlace(ValuePointer pointer, ConfigNode node, StepDefinition? within)
    {
        var schema = Walk(pointer, within, out var lost, out var names);
        if (lost is not null)
        {
            var mend = Spelling.Closest(lost, names) is { } close ? $"Did you mean {VisibleText.Of(close)}?"
                : names.Count > 0 ? $"There is: {VisibleText.Of(string.Join(", ", names))}." : "Point to what is there.";
            issues.Error(node, new Problem($"points to {VisibleText.Of(pointer.Text)}, but there is no '{VisibleText.Of(lost)}'", mend));
        }

        return schema;
    }

    /// <param name="pointer">The pointer.</param>
    /// <param name="within">The step that it stands in.</param>
    /// <param name="lost">The segment that can't be there.</param>
    /// <param name="names">What there is instead.</param>
    private SchemaView Walk(ValuePointer pointer, StepDefinition? within, out string? lost, out IReadOnlyList<string> names)
    {
        (lost, names) = (null, []);
        var at = RootOf(pointer, within);
        foreach (var segment in pointer.Segments)
        {
            var isIndex = segment.Length > 0 && segment.All(char.IsAsciiDigit);
            if (at.IsKnown && (at.Kinds & (JsonKinds.Object | JsonKinds.Array)) == JsonKinds.None)
            {
                lost = segment;
                return SchemaView.Unknown;
            }

            // An author says what goes in; what is not said of it is a slip. A tool may give more than it says.
            var isComplete = at.IsClosed || (pointer.Root == ValueRoot.Input && at.ListsMembers);
            if (isComplete && !at.Kinds.HasFlag(JsonKinds.Array) && !at.Names.Contains(segment))
            {
                (lost, names) = (segment, at.Names);
                return SchemaView.Unknown;
            }

            at = isIndex && at.Kinds.HasFlag(JsonKinds.Array) && !at.Kinds.HasFlag(JsonKinds.Object) ? at.Items() : at.Member(segment);
        }

        return at;
    }

    private SchemaView RootOf(ValuePointer pointer, StepDefinition? within) => pointer.Root switch
    {
        ValueRoot.Input => _input,
        ValueRoot.Step => OutputOf(plan.Steps[pointer.Step].Definition),
        ValueRoot.Item when within?.ForEach is { } forEach => Walk(forEach.Items, within, out _, out _).Items(),
        ValueRoot.Index => SchemaView.Parse("""{"type":"integer"}"""),
        ValueRoot.StepError or ValueRoot.Error => SchemaView.Parse(
            """{"type":"object","properties":{"kind":{"type":"string"},"message":{"type":"string"}},"additionalProperties":false}"""),
        _ => SchemaView.Unknown,
    };

    private SchemaView OutputOf(StepDefinition step)
    {
        // What a fallback gives instead may be of another type.
        if (step.Fallback is not null)
        {
            return step.ForEach is null ? SchemaView.Unknown : SchemaView.Parse("""{"type":"array"}""");
        }

        var schema = step.IsQuestion ? FormOf(step) : step.Form switch
        {
            OutputForm.Text => """{"type":"string"}""",
            OutputForm.Full => """{"type":"object"}""",
            OutputForm.Auto when tools.Find(step.Tool!) is { } tool && tool.TryGetProperty("outputSchema", out var output) => output.GetRawText(),
            _ => null,
        };
        return SchemaView.Parse(step.ForEach is null ? schema : ArrayOf(schema));
    }

    private static string? FormOf(StepDefinition step) =>
        step.Node["elicit"]?["schema"] is { Kind: JsonValueKind.Object } schema ? ConfigJson.Of(schema) : """{"type":"object"}""";

    // A reference within the items would count from their own root; those schemas say nothing then.
    private static string ArrayOf(string? items) =>
        items is null || items.Contains("\"$ref\"", StringComparison.Ordinal) ? """{"type":"array"}""" : $$"""{"type":"array","items":{{items}}}""";
}
