using System.Globalization;
using System.Text.Json;
using McpHub.Configuration;
using McpHub.Configuration.Reading;

namespace McpHub.Composition.Definitions;

/// <summary>
/// Reads the members of one object of a definition, reports what is wrong with them, and at the end those that nobody has asked for.
/// Nothing is substituted: a definition may be from a caller, who must not read the gateway's environment.
/// </summary>
internal sealed class DefinitionNodes(ConfigNode node, IssueCollector issues)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public ConfigNode Node => node;

    public IssueCollector Issues => issues;

    /// <returns><see langword="null"/> after reporting that it is no object.</returns>
    public static DefinitionNodes? Open(ConfigNode node, IssueCollector issues, string example)
    {
        if (node.Kind == JsonValueKind.Object)
        {
            return new DefinitionNodes(node, issues);
        }

        issues.Error(node, new Problem("is not an object", $"Write {example}."), IssueValue.Of(node));
        return null;
    }

    public ConfigNode? Take(string key)
    {
        _known.Add(key);
        return node[key];
    }

    /// <summary>A string that is not empty.</summary>
    public string? Text(string key, string mend)
    {
        if (Take(key) is not { } value)
        {
            return null;
        }

        if (value.Kind == JsonValueKind.String && !string.IsNullOrWhiteSpace(value.Text))
        {
            return value.Text;
        }

        issues.Error(value, new Problem("is not a text", mend), IssueValue.Of(value));
        return null;
    }

    public string? Required(string key, string mend)
    {
        if (node[key] is null)
        {
            _known.Add(key);
            issues.Error(node, new Problem($"has no \"{key}\"", mend));
            return null;
        }

        return Text(key, mend);
    }

    /// <summary>An object, as JSON.</summary>
    public string? Json(string key, string mend)
    {
        if (Take(key) is not { } value)
        {
            return null;
        }

        if (value.Kind == JsonValueKind.Object)
        {
            return ConfigJson.Of(value);
        }

        issues.Error(value, new Problem("is not an object", mend), IssueValue.Of(value));
        return null;
    }

    public int? Integer(string key, int least, int most)
    {
        if (Take(key) is not { } value)
        {
            return null;
        }

        if (value.Kind == JsonValueKind.Number && int.TryParse(value.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most)
        {
            return number;
        }

        issues.Error(value, new Problem("is no number that fits", string.Create(CultureInfo.InvariantCulture, $"Write a whole number from {least} to {most}.")), IssueValue.Of(value));
        return null;
    }

    public TimeSpan? Duration(string key, TimeSpan most)
    {
        if (Take(key) is not { } value)
        {
            return null;
        }

        var duration = default(TimeSpan);
        var problem = value.Kind switch
        {
            JsonValueKind.String => DurationParser.Parse(value.Text, out duration),
            JsonValueKind.Number => DurationParser.WithoutUnit(value.Text),
            _ => new Problem("is not a duration", "Write a text such as \"500ms\" or \"30s\"."),
        };
        if (problem is null && (duration < TimeSpan.FromMilliseconds(1) || duration > most))
        {
            problem = new Problem("is out of range", $"Write a value from 1ms to {DurationParser.Format(most)}.");
        }

        if (problem is { } found)
        {
            issues.Error(value, found, IssueValue.Of(value));
            return null;
        }

        return duration;
    }

    public IReadOnlyList<string> Texts(string key)
    {
        if (Take(key) is not { } value)
        {
            return [];
        }

        if (value.Kind == JsonValueKind.Array && value.Items.All(i => i.Kind == JsonValueKind.String && i.Text.Length > 0))
        {
            return [.. value.Items.Select(i => i.Text)];
        }

        issues.Error(value, new Problem("is not an array of texts", $"Write \"{key}\": [\"…\"]."));
        return [];
    }

    /// <summary>One of a closed set of words.</summary>
    public T? Choice<T>(ConfigNode value, IReadOnlyDictionary<string, T> words, string also = "")
        where T : struct
    {
        if (value.Kind == JsonValueKind.String && words.TryGetValue(value.Text, out var word))
        {
            return word;
        }

        var hint = value.Kind == JsonValueKind.String && Spelling.Closest(value.Text, words.Keys) is { } close ? $"Did you mean {close}? " : "";
        issues.Error(value, new Problem("is none of the values that this takes", $"{hint}Write one of: {string.Join(", ", words.Keys)}{also}."), IssueValue.Of(value));
        return null;
    }

    /// <summary>Reports every member that was not asked for: an unknown one would be ignored, and a step would do something else than was meant.</summary>
    public void Finish()
    {
        foreach (var member in node.Members.Where(m => !_known.Contains(m.Name)))
        {
            var mend = Spelling.Closest(member.Name, _known.Where(key => node[key] is null)) is { } close
                ? $"Did you mean {close}?"
                : $"Remove it; known here are: {string.Join(", ", _known.Order(StringComparer.Ordinal))}.";
            issues.Add(IssueSeverity.Error, member.Node.Path, member.Offset, new Problem("is not a known member", mend));
        }
    }
}
