using System.Text.Json;
using McpHub.Composition.Definitions;
using McpHub.Composition.Values;
using McpHub.Configuration;
using McpHub.Configuration.Reading;

namespace McpHub.Composition.Checking;

/// <summary>Checks a plan against tools that there are: whether they exist, and whether what flows between them can be of the right types.</summary>
internal sealed class CatalogCheck
{
    private readonly CompositionPlan _plan;
    private readonly IToolDirectory _tools;
    private readonly IssueCollector _issues;
    private readonly IssueSeverity _ofMissing;
    private readonly ReferenceTypes _types;

    private CatalogCheck(CompositionPlan plan, IToolDirectory tools, IssueCollector issues, IssueSeverity ofMissing)
    {
        _plan = plan;
        _tools = tools;
        _issues = issues;
        _ofMissing = ofMissing;
        _types = new ReferenceTypes(plan, tools, issues);
    }

    /// <param name="plan">The plan.</param>
    /// <param name="tools">The tools, as the author sees them.</param>
    /// <param name="issues">Where to report.</param>
    /// <param name="ofMissing">What a tool that isn't there is: servers come and go, so that it may be there tomorrow.</param>
    public static void Check(CompositionPlan plan, IToolDirectory tools, IssueCollector issues, IssueSeverity ofMissing) =>
        new CatalogCheck(plan, tools, issues, ofMissing).Run();

    private void Run()
    {
        foreach (var step in _plan.Definition.Steps)
        {
            _types.CheckPlaces(step);
            for (var call = step; call is not null; call = call.Fallback)
            {
                CheckCall(step, call);
            }
        }

        if (_plan.Definition.Output is { } output)
        {
            _types.CheckPlaces(output, _plan.Definition.Node["output"]!, null);
        }
    }

    private void CheckCall(StepDefinition step, StepDefinition call)
    {
        if (call.IsQuestion)
        {
            return;
        }

        var node = call.Node["tool"] ?? call.Node;
        if (call.Tool == _plan.Definition.Name)
        {
            _issues.Error(node, new Problem("is the composition itself", "Call another tool; a composition can't call itself."), IssueValue.Of(node));
            return;
        }

        if (_tools.Find(call.Tool!) is not { } tool)
        {
            var mend = Spelling.Closest(call.Tool!, _tools.Names) is { } close ? $"Did you mean {VisibleText.Of(close)}?"
                : "Look the name up in tools/list, or with 'mcphub tools'; its server may be down.";
            _issues.Add(_ofMissing, node.Path, node.Offset, new Problem("is no tool that is there", mend), IssueValue.Of(node));
            return;
        }

        CheckRepeatable(call, tool);
        var schema = SchemaView.Of(tool, "inputSchema");
        CheckValue(call.Arguments, call.Node["arguments"] ?? call.Node, schema, step, call.Tool!);
    }

    private void CheckRepeatable(StepDefinition call, JsonElement tool)
    {
        const RetryOn MayHaveRun = RetryOn.Timeout | RetryOn.Lost;
        if (call.Retry is { Attempts: > 1 } retry && (retry.On & MayHaveRun) != RetryOn.None && !HasHint("readOnlyHint") && !HasHint("idempotentHint"))
        {
            var node = call.Node["retry"]!;
            _issues.Warn(node, new Problem(
                $"may make '{call.Tool}' run twice, which does not say that it can be repeated", "Leave timeout, lost and any out of \"on\", unless twice does no harm."));
        }

        bool HasHint(string hint) =>
            tool.TryGetProperty("annotations", out var annotations) && annotations.ValueKind == JsonValueKind.Object
            && annotations.TryGetProperty(hint, out var value) && value.ValueKind == JsonValueKind.True;
    }

    /// <summary>Checks a value against what is wanted at its place.</summary>
    private void CheckValue(ValueExpression value, ConfigNode node, SchemaView wanted, StepDefinition step, string tool)
    {
        switch (value)
        {
            case ReferenceValue reference:
                Expect(_types.Of(reference, step).Kinds, wanted.Kinds, node, reference.Pointer.Text + " is");
                break;
            case TextValue:
                Expect(JsonKinds.String, wanted.Kinds, node, "a text is");
                break;
            case ObjectValue @object when Expect(JsonKinds.Object, wanted.Kinds, node, "this is"):
                CheckMembers(@object.Members.Select(m => (Protocol.JsonText.Decode(m.NameJson)!, (ValueExpression?)m.Value)), node, wanted, step, tool);
                break;
            case ArrayValue array when Expect(JsonKinds.Array, wanted.Kinds, node, "this is"):
                for (var i = 0; i < array.Items.Count; i++)
                {
                    CheckValue(array.Items[i], node.Items[i], wanted.Items(), step, tool);
                }

                break;
            case ConstantValue constant:
                CheckConstant(JsonElement.Parse(constant.Json, Protocol.JsonDefaults.Document), node, wanted, step, tool);
                break;
            default:
                break;
        }
    }

    private void CheckConstant(JsonElement value, ConfigNode node, SchemaView wanted, StepDefinition step, string tool)
    {
        if (!Expect(SchemaView.KindsOf(value), wanted.Kinds, node, "this is"))
        {
            return;
        }

        if (wanted.Values is { } values && !values.Any(v => JsonElement.DeepEquals(v, value)))
        {
            _issues.Error(node, new Problem("is none of the values that the tool takes", $"Write one of: {VisibleText.Of(string.Join(", ", values))}."), IssueValue.Of(node));
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            CheckMembers(value.EnumerateObject().Select(m => (m.Name, (ValueExpression?)null)), node, wanted, step, tool);
            foreach (var member in value.EnumerateObject().Where(m => node[m.Name] is not null))
            {
                CheckConstant(member.Value, node[member.Name]!, wanted.Member(member.Name), step, tool);
            }
        }
        else if (value.ValueKind == JsonValueKind.Array && node.Items.Count == value.GetArrayLength())
        {
            foreach (var (index, item) in value.EnumerateArray().Index())
            {
                CheckConstant(item, node.Items[index], wanted.Items(), step, tool);
            }
        }
    }

    private void CheckMembers(IEnumerable<(string Name, ValueExpression? Value)> members, ConfigNode node, SchemaView wanted, StepDefinition step, string tool)
    {
        var given = members.ToArray();
        foreach (var missing in wanted.Required.Where(r => !Array.Exists(given, m => m.Name == r)))
        {
            _issues.Error(node, new Problem($"lacks \"{VisibleText.Of(missing)}\", which '{tool}' requires", $"Add \"{VisibleText.Of(missing)}\"."));
        }

        foreach (var (name, value) in given)
        {
            var member = node[name] ?? node;
            if ((wanted.IsClosed || wanted.ListsMembers) && !wanted.Names.Contains(name))
            {
                var close = Spelling.Closest(name, wanted.Names.Where(n => !Array.Exists(given, m => m.Name == n)));
                _issues.Add(
                    wanted.IsClosed ? IssueSeverity.Error : IssueSeverity.Warning, member.Path, member.Offset,
                    new Problem($"is nothing that '{tool}' takes", close is null ? $"It takes: {VisibleText.Of(string.Join(", ", wanted.Names))}." : $"Did you mean {VisibleText.Of(close)}?"));
            }
            else if (value is not null)
            {
                CheckValue(value, member, wanted.Member(name), step, tool);
                if (value is ReferenceValue reference && wanted.Required.Contains(name) && _types.MayBeMissing(reference))
                {
                    _issues.Warn(member, new Problem(
                        $"may be missing, and '{tool}' requires it", $"Make it required in inputSchema, or give it a default: ${{{reference.Pointer.Text}:-…}}."), IssueValue.Of(member));
                }
            }
        }
    }

    private bool Expect(JsonKinds have, JsonKinds wanted, ConfigNode node, string what)
    {
        // A number may happen to be an integer; only what can never fit is wrong.
        var fits = (have & wanted) != JsonKinds.None || (have & JsonKinds.Number) != JsonKinds.None && have.HasFlag(JsonKinds.Fraction) && wanted.HasFlag(JsonKinds.Integer);
        if (!fits && have != JsonKinds.None && wanted != JsonKinds.None)
        {
            _issues.Error(node, new Problem(
                $"does not fit: {what} {SchemaView.Text(have)}, and the tool wants {SchemaView.Text(wanted)}", "Point to another value, or put it into another argument."), IssueValue.Of(node));
        }

        return fits;
    }
}
