using System.Text.Json;

namespace McpHub.Configuration.Reading;

/// <summary>
/// Reads the keys of one object. Every key that is asked for is known; <see cref="Finish"/> warns about the others, so
/// that the list of known keys cannot drift from what is read.
/// </summary>
internal sealed class SectionReader
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly ValueReader _values;

    private SectionReader(ConfigNode node, ReadingContext context)
    {
        Node = node;
        Context = context;
        _values = new ValueReader(context);
    }

    public ConfigNode Node { get; }

    public ReadingContext Context { get; }

    /// <summary>Returns a reader of the object, or <see langword="null"/> after reporting that it is none.</summary>
    public static SectionReader? Open(ConfigNode node, ReadingContext context)
    {
        if (node.Kind is JsonValueKind.Object)
        {
            return new SectionReader(node, context);
        }

        new ValueReader(context).Mismatch(node, Wanted.Section);
        return null;
    }

    /// <summary>Returns the value of a key, which is known from then on.</summary>
    public ConfigNode? Take(string key)
    {
        _known.Add(key);
        return Node[key];
    }

    public SectionReader? Section(string key) => Take(key) is { } node ? Open(node, Context) : null;

    public string? Text(string key, Func<string, Problem?>? rule = null) => Take(key) is { } node ? _values.Text(node, rule) : null;

    public bool? Flag(string key) => Take(key) is { } node ? _values.Flag(node) : null;

    public int? Integer(string key, int min, int max) => Take(key) is { } node ? _values.Integer(node, min, max) : null;

    public TimeSpan? Duration(string key) => Duration(key, Limits.MinDuration, Limits.MaxDuration);

    public TimeSpan? Duration(string key, TimeSpan min, TimeSpan max) => Take(key) is { } node ? _values.Duration(node, min, max) : null;

    public int? Size(string key) => Take(key) is { } node ? _values.Size(node, Limits.MinSize, Limits.MaxSize) : null;

    public T? Choice<T>(string key, IReadOnlyDictionary<string, T> choices)
        where T : struct => Take(key) is { } node ? _values.Choice(node, choices) : null;

    public IReadOnlyList<string>? Texts(string key, Func<string, Problem?>? rule = null) =>
        Take(key) is { } node ? _values.Texts(node, rule) : null;

    /// <summary>The objects of an array.</summary>
    public IReadOnlyList<SectionReader> Sections(string key)
    {
        if (Take(key) is not { } node)
        {
            return [];
        }

        if (node.Kind is JsonValueKind.Array)
        {
            return [.. node.Items.Select(item => Open(item, Context)).OfType<SectionReader>()];
        }

        _values.Mismatch(node, Wanted.SectionList);
        return [];
    }

    /// <summary>What is read of the objects of an array; those of which nothing is are left out.</summary>
    public IReadOnlyList<T> Sections<T>(string key, Func<SectionReader, T?> read)
        where T : class => [.. Sections(key).Select(read).OfType<T>()];

    /// <summary>A value of any type but object and array, as JSON.</summary>
    public string? Scalar(string key) => Take(key) is { } node ? _values.Scalar(node) : null;

    /// <summary>Such values.</summary>
    public IReadOnlyList<string>? Scalars(string key) => Take(key) is { } node ? _values.Scalars(node) : null;

    /// <summary>A number of any size and form, as JSON.</summary>
    public string? Number(string key) => Take(key) is { } node ? _values.Number(node) : null;

    public IReadOnlyDictionary<string, IReadOnlyList<string>>? TextLists(string key, Func<string, Problem?> rule) =>
        Take(key) is { } node ? _values.TextLists(node, rule) : null;

    public IReadOnlyDictionary<string, string>? Secrets(
        string key, StringComparer names, Func<string, Problem?> nameRule, Func<string, Problem?> valueRule) =>
        Take(key) is { } node ? _values.Secrets(node, names, nameRule, valueRule) : null;

    /// <summary>Reports on the object as a whole.</summary>
    public void Error(Problem problem) => Context.Issues.Error(Node, problem);

    /// <summary>Reports on the value of a key that is present.</summary>
    public void Error(string key, Problem problem) => Report(IssueSeverity.Error, key, problem);

    /// <inheritdoc cref="Error(string, Problem)"/>
    public void Warn(string key, Problem problem) => Report(IssueSeverity.Warning, key, problem);

    /// <summary>Warns about every key that was not asked for; <paramref name="hint"/> may know more about one of them.</summary>
    public void Finish(Func<string, string?>? hint = null)
    {
        foreach (var member in Node.Members.Where(member => !_known.Contains(member.Name)))
        {
            // The value is not shown: under a name that nobody knows, it may be anything.
            var mend = Spelling.Closest(member.Name, _known.Where(key => Node[key] is null)) is { } close
                ? $"Did you mean {close}?"
                : hint?.Invoke(member.Name) ?? "Remove it, or look its name up in the documentation.";
            Context.Issues.Add(
                IssueSeverity.Warning, member.Node.Path, member.Offset, new Problem("is not a known setting and is ignored", mend));
        }
    }

    private void Report(IssueSeverity severity, string key, Problem problem)
    {
        var node = Node[key]!;
        Context.Issues.Add(severity, node.Path, node.Offset, problem, IssueValue.Of(node, ShownText(node)));
    }

    private string? ShownText(ConfigNode node) =>
        node.Kind is JsonValueKind.String ? Context.Variables.Expand(node.Text, static _ => { }).Shown : null;
}
