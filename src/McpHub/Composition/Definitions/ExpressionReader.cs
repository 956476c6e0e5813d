using System.Text;
using System.Text.Json;
using McpHub.Composition.Values;
using McpHub.Configuration.Reading;
using McpHub.Protocol;

namespace McpHub.Composition.Definitions;

/// <summary>Reads values with their references, and pointers; every one of a definition knows the steps' ids.</summary>
/// <param name="issues">Where to report.</param>
/// <param name="steps">The places of the steps by their ids.</param>
/// <param name="roots">Where pointers may start here, beside the input and the steps.</param>
internal sealed class ExpressionReader(IssueCollector issues, IReadOnlyDictionary<string, int> steps, params IReadOnlyList<ValueRoot> roots)
{
    private const string Open = "${/";
    private const string Escaped = "$${";
    private const string DefaultMark = ":-";

    public IssueCollector Issues => issues;

    /// <summary>The same, with more places where pointers may start.</summary>
    public ExpressionReader With(params IReadOnlyList<ValueRoot> more) => new(issues, steps, [.. roots, .. more]);

    public ValueExpression Read(ConfigNode node, int depth = 0)
    {
        if (depth > CompositionLimits.MostNesting)
        {
            issues.Error(node, new Problem("is nested too deeply", "Make it flatter."));
            return Constant(node);
        }

        switch (node.Kind)
        {
            case JsonValueKind.String:
                return ReadText(node);
            case JsonValueKind.Object:
                var members = node.Members.Select(m => (JsonText.Encode(m.Name), Read(m.Node, depth + 1))).ToArray();
                return members.All(m => m.Item2 is ConstantValue) ? Constant(node, members) : new ObjectValue(members);
            case JsonValueKind.Array:
                var items = node.Items.Select(i => Read(i, depth + 1)).ToArray();
                return items.All(i => i is ConstantValue) ? Constant(items) : new ArrayValue(items);
            default:
                return Constant(node);
        }
    }

    /// <returns><see langword="null"/> after reporting what is wrong with it.</returns>
    public ValuePointer? Pointer(ConfigNode node)
    {
        if (node.Kind != JsonValueKind.String)
        {
            issues.Error(node, new Problem("is no JSON pointer", "Write a text such as \"/input/NAME\" or \"/steps/ID/NAME\"."), IssueValue.Of(node));
            return null;
        }

        if (node.Text.StartsWith("${", StringComparison.Ordinal) && node.Text.EndsWith('}'))
        {
            issues.Error(node, new Problem("is a template where a pointer is wanted", $"Write \"{VisibleText.Of(node.Text[2..^1])}\"."), IssueValue.Of(node));
            return null;
        }

        return Pointer(node, node.Text);
    }

    private ValueExpression ReadText(ConfigNode node)
    {
        var text = node.Text;
        var parts = new List<(byte[] Text, ReferenceValue? Reference)>();
        var literal = new StringBuilder();
        var isWrong = false;
        for (var at = 0; at < text.Length;)
        {
            if (string.CompareOrdinal(text, at, Escaped, 0, Escaped.Length) == 0)
            {
                literal.Append("${");
                at += Escaped.Length;
            }
            else if (string.CompareOrdinal(text, at, Open, 0, Open.Length) == 0)
            {
                var end = EndOf(text, at);
                if (end < 0)
                {
                    issues.Error(node, new Problem("has a ${ without its }", "Close it, or write $${ for the characters themselves."), IssueValue.Of(node));
                    return new ConstantValue(JsonText.Encode(text));
                }

                if (Reference(node, text[(at + 2)..end]) is { } reference)
                {
                    Flush();
                    parts.Add(([], reference));
                }
                else
                {
                    isWrong = true;
                }

                at = end + 1;
            }
            else if (string.CompareOrdinal(text, at, "${", 0, 2) == 0)
            {
                issues.Error(node, new Problem("has a ${ without a pointer", "Write ${/input/NAME} or ${/steps/ID/NAME}; write $${ for the characters themselves."), IssueValue.Of(node));
                return new ConstantValue(JsonText.Encode(text));
            }
            else
            {
                literal.Append(text[at++]);
            }
        }

        if (isWrong || parts.Count == 0)
        {
            return new ConstantValue(JsonText.Encode(literal.ToString()));
        }

        if (parts.Count == 1 && literal.Length == 0)
        {
            return parts[0].Reference!;
        }

        Flush();
        return new TextValue(parts);

        void Flush()
        {
            if (literal.Length > 0)
            {
                // Without the quotes: it goes into the midst of a string.
                parts.Add((JsonText.Encode(literal.ToString())[1..^1], null));
                literal.Clear();
            }
        }
    }

    /// <summary>Where a reference's <c>}</c> is: the first, unless its default is JSON with braces of its own.</summary>
    private static int EndOf(string text, int start)
    {
        var first = text.IndexOf('}', start);
        var mark = first < 0 ? -1 : text.IndexOf(DefaultMark, start, first - start, StringComparison.Ordinal);
        var json = mark + DefaultMark.Length;
        if (mark < 0 || text[json] is not ('{' or '['))
        {
            return first;
        }

        var utf8 = Encoding.UTF8.GetBytes(text[json..]);
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = EnvelopeReader.MaxDepth });
        try
        {
            reader.Read();
            reader.Skip();
        }
        catch (JsonException)
        {
            // It is text that begins as JSON does.
            return first;
        }

        var end = json + Encoding.UTF8.GetCharCount(utf8.AsSpan(0, (int)reader.BytesConsumed));
        while (end < text.Length && text[end] is ' ' or '\t' or '\r' or '\n')
        {
            end++;
        }

        return end < text.Length && text[end] == '}' ? end : first;
    }

    private ReferenceValue? Reference(ConfigNode node, string body)
    {
        var mark = body.IndexOf(DefaultMark, StringComparison.Ordinal);
        var pointer = Pointer(node, mark < 0 ? body : body[..mark]);
        return pointer is null ? null : new ReferenceValue(pointer, mark < 0 ? null : DefaultOf(body[(mark + DefaultMark.Length)..]));
    }

    /// <summary>JSON if it is some, or else the text.</summary>
    private static byte[] DefaultOf(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, JsonDefaults.Document);
            return Encoding.UTF8.GetBytes(document.RootElement.GetRawText());
        }
        catch (JsonException)
        {
            return JsonText.Encode(text);
        }
    }

    private ValuePointer? Pointer(ConfigNode node, string text)
    {
        if (PointerSegment.Split(text) is not { } segments)
        {
            return Wrong("is no JSON pointer", "Write /input/NAME or /steps/ID/NAME; within a name, ~ is written ~0, and / ~1.");
        }

        switch (segments[0])
        {
            case "input":
                return new ValuePointer(text, ValueRoot.Input, 0, segments[1..]);
            case "steps" or "errors" when segments.Length == 1:
                return Wrong($"names no step in {text}", $"Write /{segments[0]}/ID.");
            case "steps" or "errors" when steps.TryGetValue(segments[1], out var step):
                return new ValuePointer(text, segments[0] == "steps" ? ValueRoot.Step : ValueRoot.StepError, step, segments[2..]);
            case "steps" or "errors":
                var mend = Spelling.Closest(segments[1], steps.Keys) is { } close ? $"Did you mean /{segments[0]}/{close}?"
                    : steps.Count == 0 ? "Give the steps ids." : $"The steps are: {string.Join(", ", steps.Keys)}.";
                return Wrong($"names a step in {VisibleText.Of(text)} that there is not", mend);
            case "item" when roots.Contains(ValueRoot.Item):
                return new ValuePointer(text, ValueRoot.Item, 0, segments[1..]);
            case "index" when roots.Contains(ValueRoot.Index) && segments.Length == 1:
                return new ValuePointer(text, ValueRoot.Index, 0, []);
            case "error" when roots.Contains(ValueRoot.Error):
                return new ValuePointer(text, ValueRoot.Error, 0, segments[1..]);
            case "item" or "index":
                return Wrong($"names {VisibleText.Of(text)}, which is there in a step with forEach only", "Add \"forEach\" to the step, or point to /input or /steps.");
            case "error":
                return Wrong($"names {VisibleText.Of(text)}, which is there in a fallback only", "Use /errors/ID for the failure of a step that has \"onError\": \"continue\".");
            default:
                return Wrong($"points to {VisibleText.Of(text)}, which is nowhere", "Begin with /input, /steps/ID or /errors/ID.");
        }

        ValuePointer? Wrong(string what, string how)
        {
            issues.Error(node, new Problem(what, how), IssueValue.Of(node));
            return null;
        }
    }

    private static ConstantValue Constant(ConfigNode node) => new(Encoding.UTF8.GetBytes(ConfigJson.Of(node)));

    private static ConstantValue Constant(ConfigNode node, (byte[] NameJson, ValueExpression Value)[] members)
    {
        using var buffer = Utf8Buffer.Rent();
        var copy = new ObjectCopy(buffer);
        for (var i = 0; i < node.Members.Count; i++)
        {
            copy.RawMember(members[i].NameJson, ((ConstantValue)members[i].Value).Json);
        }

        copy.End();
        return new ConstantValue(buffer.Span.ToArray());
    }

    private static ConstantValue Constant(ValueExpression[] items)
    {
        using var buffer = Utf8Buffer.Rent();
        new ArrayValue(items).TryWrite(buffer, default, int.MaxValue);
        return new ConstantValue(buffer.Span.ToArray());
    }
}
