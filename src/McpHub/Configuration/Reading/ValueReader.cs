using System.Globalization;
using System.Text.Json;

namespace McpHub.Configuration.Reading;

/// <summary>Reads single values: type, substitution, rule and range; reports what is wrong and then gives <see langword="null"/>.</summary>
internal sealed class ValueReader(ReadingContext context)
{
    /// <summary>A string after substitution, which has to pass the rule.</summary>
    public string? Text(ConfigNode node, Func<string, Problem?>? rule = null) =>
        Expand(node, Wanted.Text) is { } text && Passes(node, text, rule) ? text.Value : null;

    public bool? Flag(ConfigNode node)
    {
        if (node.Kind is JsonValueKind.True or JsonValueKind.False)
        {
            return node.Kind is JsonValueKind.True;
        }

        Mismatch(node, Wanted.Flag);
        return null;
    }

    public int? Integer(ConfigNode node, int min, int max)
    {
        if (node.Kind is not JsonValueKind.Number || node.Text.AsSpan().ContainsAny('.', 'e', 'E'))
        {
            Mismatch(node, Wanted.Integer);
            return null;
        }

        if (long.TryParse(node.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= min && value <= max)
        {
            return (int)value;
        }

        context.Issues.Error(node, OutOfRange(string.Create(CultureInfo.InvariantCulture, $"{min} to {max}")), IssueValue.Of(node));
        return null;
    }

    public TimeSpan? Duration(ConfigNode node, TimeSpan min, TimeSpan max)
    {
        if (node.Kind is JsonValueKind.Number)
        {
            context.Issues.Error(node, DurationParser.WithoutUnit(node.Text), IssueValue.Of(node));
            return null;
        }

        if (Expand(node, Wanted.Duration) is not { } text)
        {
            return null;
        }

        var problem = DurationParser.Parse(text.Value, out var value);
        if (problem is null && (value < min || value > max))
        {
            problem = OutOfRange($"{DurationParser.Format(min)} to {DurationParser.Format(max)}");
        }

        return Accept(node, text, problem) ? value : null;
    }

    public int? Size(ConfigNode node, int min, int max)
    {
        ExpandedText? text = node.Kind is JsonValueKind.Number ? new ExpandedText(node.Text, node.Text, true) : Expand(node, Wanted.Size);
        if (text is not { } size)
        {
            return null;
        }

        var problem = SizeParser.Parse(size.Value, out var value);
        if (problem is null && (value < min || value > max))
        {
            problem = OutOfRange($"{SizeParser.Format(min)} to {SizeParser.Format(max)}");
        }

        return Accept(node, size, problem) ? (int)value : null;
    }

    /// <summary>One of a closed set of words.</summary>
    public T? Choice<T>(ConfigNode node, IReadOnlyDictionary<string, T> choices)
        where T : struct
    {
        if (Expand(node, Wanted.Text) is not { } text)
        {
            return null;
        }

        if (choices.TryGetValue(text.Value, out var choice))
        {
            return choice;
        }

        var hint = Spelling.Closest(text.Value, choices.Keys) is { } close ? $"did you mean {close}? " : "";
        context.Issues.Error(
            node,
            new Problem(
                "is none of the values that this setting takes",
                $"{Capital(hint)}Write one of: {string.Join(", ", choices.Keys)}."),
            IssueValue.Of(node, text.Shown));
        return null;
    }

    public IReadOnlyList<string>? Texts(ConfigNode node, Func<string, Problem?>? rule = null)
    {
        if (node.Kind is JsonValueKind.Array)
        {
            return [.. node.Items.Select(item => Text(item, rule)).OfType<string>()];
        }

        Mismatch(node, Wanted.TextList);
        return null;
    }

    /// <summary>Names and strings, of which the strings are taken for secrets.</summary>
    public IReadOnlyDictionary<string, string>? Secrets(
        ConfigNode node, StringComparer names, Func<string, Problem?> nameRule, Func<string, Problem?> valueRule)
    {
        node.MarkSecret();
        if (node.Kind is not JsonValueKind.Object)
        {
            Mismatch(node, Wanted.TextMap);
            return null;
        }

        var map = new Dictionary<string, string>(names);
        foreach (var (name, _, value) in node.Members)
        {
            if (nameRule(name) is { } problem)
            {
                context.Issues.Error(value, problem);
            }

            var text = Text(value, valueRule);
            if (!map.TryAdd(name, text ?? ""))
            {
                context.Issues.Error(value, new Problem(
                    "differs from another name only in upper and lower case",
                    "Remove one of the two."));
            }
        }

        return map;
    }

    /// <summary>
    /// Reports the wrong type. A string in the place of something larger is not shown: it may be a whole command line or token.
    /// </summary>
    public void Mismatch(ConfigNode node, string wanted)
    {
        var isLarger = wanted is Wanted.Section or Wanted.SectionList or Wanted.TextList or Wanted.TextMap;
        context.Issues.Error(node, TypeMismatch.Of(node, wanted), isLarger ? null : IssueValue.Of(node));
    }

    private ExpandedText? Expand(ConfigNode node, string wanted)
    {
        if (node.Kind is not JsonValueKind.String)
        {
            Mismatch(node, wanted);
            return null;
        }

        var severity = context.IsDisabledServer ? IssueSeverity.Warning : IssueSeverity.Error;
        var text = context.Variables.Expand(node.Text, problem => context.Issues.Add(severity, node.Path, node.Offset, problem));

        // What lacks a part is not looked at further: a second message about it would only confuse.
        return text.IsComplete || context.IsDisabledServer ? text : null;
    }

    private bool Passes(ConfigNode node, ExpandedText text, Func<string, Problem?>? rule)
    {
        if (!text.IsComplete)
        {
            return true;
        }

        var problem = text.Value.Contains('\0') ? new Problem("holds a NUL character", "Remove it.") : rule?.Invoke(text.Value);
        return Accept(node, text, problem);
    }

    private bool Accept(ConfigNode node, ExpandedText text, Problem? problem)
    {
        if (problem is { } found)
        {
            context.Issues.Error(node, found, IssueValue.Of(node, text.Shown));
        }

        return problem is null;
    }

    private static Problem OutOfRange(string range) => new("is out of range", $"Write a value from {range}.");

    private static string Capital(string hint) => hint.Length == 0 ? hint : char.ToUpperInvariant(hint[0]) + hint[1..];
}
