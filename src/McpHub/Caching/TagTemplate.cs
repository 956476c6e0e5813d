using System.Text;
using System.Text.Json;
using McpHub.Protocol;

namespace McpHub.Caching;

/// <summary>A tag with the names of arguments in braces: <c>agent:{agentId}</c>. Immutable.</summary>
internal sealed class TagTemplate
{
    // A tag for each item of an array; more items than this stand for any.
    private const int MostItems = 64;

    // Longer values make no good tags.
    private const int LongestValue = 256;

    private readonly (string Text, byte[]? Argument)[] _parts;

    public TagTemplate(string template)
    {
        var parts = new List<(string, byte[]?)>();
        while (template.IndexOf('{', StringComparison.Ordinal) is >= 0 and var open && template.IndexOf('}', open) is >= 0 and var close)
        {
            parts.Add((template[..open], null));
            parts.Add(("", Encoding.UTF8.GetBytes(template[(open + 1)..close])));
            template = template[(close + 1)..];
        }

        parts.Add((template, null));
        _parts = [.. parts.Where(p => p.Item1.Length > 0 || p.Item2 is not null)];
    }

    /// <summary>Adds the tags that these arguments give: one, or one for each item of an array, or where an argument is missing, all that begin alike.</summary>
    public void Resolve(ReadOnlySpan<byte> arguments, ref TagSet tags)
    {
        List<string> texts = [""];
        foreach (var (text, argument) in _parts)
        {
            if (argument is null)
            {
                Append(texts, [text]);
                continue;
            }

            var values = ValuesOf(arguments, argument);
            if (values is null || values.Count * texts.Count > MostItems)
            {
                foreach (var prefix in texts)
                {
                    tags.AddPrefix(prefix);
                }

                return;
            }

            Append(texts, values);
        }

        foreach (var tag in texts)
        {
            tags.Add(tag);
        }
    }

    private static void Append(List<string> texts, List<string> values)
    {
        var combined = texts.SelectMany(text => values.Select(value => text + value)).ToArray();
        texts.Clear();
        texts.AddRange(combined);
    }

    /// <returns><see langword="null"/> if the argument may stand for anything.</returns>
    private static List<string>? ValuesOf(ReadOnlySpan<byte> arguments, byte[] name)
    {
        ReadOnlySpan<byte> found = default;
        var members = new JsonMembers(arguments);
        while (members.MoveNext())
        {
            if (JsonText.Is(members.Name, name))
            {
                if (!found.IsEmpty)
                {
                    // Given twice: nobody knows which one the tool takes.
                    return null;
                }

                found = members.Value;
            }
        }

        if (found.IsEmpty)
        {
            return null;
        }

        if (found[0] != (byte)'[')
        {
            return TextOf(found) is { } text ? [text] : null;
        }

        var values = new List<string>();
        var items = new JsonItems(found);
        while (items.MoveNext())
        {
            if (values.Count == MostItems || TextOf(items.Value) is not { } text)
            {
                return null;
            }

            values.Add(text);
        }

        return values.Count == 0 ? null : values;
    }

    private static string? TextOf(ReadOnlySpan<byte> json) => json[0] switch
    {
        (byte)'{' or (byte)'[' or (byte)'n' => null,
        _ when json.Length > LongestValue => null,
        (byte)'"' => JsonText.Decode(json),
        (byte)'t' or (byte)'f' => Encoding.UTF8.GetString(json),
        _ => NumberText(json),
    };

    /// <summary>The same text for each form of a number.</summary>
    private static string? NumberText(ReadOnlySpan<byte> json)
    {
        if (json.IndexOfAny(".eE"u8) < 0)
        {
            return json.SequenceEqual("-0"u8) ? "0" : Encoding.UTF8.GetString(json);
        }

        // What a decimal can't hold exactly stands for anything.
        var reader = new Utf8JsonReader(json);
        return reader.Read() && reader.TryGetDecimal(out var value) && value == decimal.Truncate(value) && Math.Abs(value) < 1e15m
            ? ((long)value).ToString(System.Globalization.CultureInfo.InvariantCulture)
            : null;
    }
}
