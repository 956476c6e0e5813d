using System.Text;
using System.Text.Json;

namespace McpHub.Configuration.Reading;

/// <summary>Parses JSON with comments and trailing commas, keeping places and reporting keys that are given twice.</summary>
internal sealed class ConfigTreeParser(TextPositions positions, IssueCollector issues)
{
    private static readonly JsonReaderOptions Options = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>Returns the tree, or <see langword="null"/> after reporting why the text is not JSON.</summary>
    public ConfigNode? Parse(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, Options);
        try
        {
            reader.Read();
            var root = ReadValue(ref reader, JsonPath.Root);

            // Anything but comments after the value makes this throw.
            reader.Read();
            return root;
        }
        catch (JsonException failure)
        {
            var offset = positions.OffsetOf(failure.LineNumber ?? 0, failure.BytePositionInLine ?? 0);
            issues.Add(IssueSeverity.Error, JsonPath.Root, offset, SyntaxProblem.Of(failure));
            return null;
        }
    }

    private ConfigNode ReadValue(ref Utf8JsonReader reader, string path)
    {
        var offset = (int)reader.TokenStartIndex;
        return reader.TokenType switch
        {
            JsonTokenType.StartObject => ReadObject(ref reader, path, offset),
            JsonTokenType.StartArray => ReadArray(ref reader, path, offset),
            JsonTokenType.String => new ConfigNode(path, offset, JsonValueKind.String, ReadText(ref reader, path)),
            JsonTokenType.Number => new ConfigNode(path, offset, JsonValueKind.Number, Encoding.UTF8.GetString(reader.ValueSpan)),
            JsonTokenType.True => new ConfigNode(path, offset, JsonValueKind.True, "true"),
            JsonTokenType.False => new ConfigNode(path, offset, JsonValueKind.False, "false"),
            _ => new ConfigNode(path, offset, JsonValueKind.Null, "null"),
        };
    }

    private ConfigNode ReadObject(ref Utf8JsonReader reader, string path, int offset)
    {
        var members = new Dictionary<string, ConfigMember>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var nameOffset = (int)reader.TokenStartIndex;
            var name = ReadText(ref reader, path);
            var memberPath = JsonPath.Member(path, name);
            reader.Read();
            var member = new ConfigMember(name, nameOffset, ReadValue(ref reader, memberPath));
            if (!members.TryAdd(name, member))
            {
                var first = positions.At(members[name].Offset).Line;
                issues.Add(IssueSeverity.Error, memberPath, nameOffset, new Problem(
                    $"is given a second time, after line {first}", "Remove one of the two, or give it another name."));
            }
        }

        return new ConfigNode(path, offset, JsonValueKind.Object) { Members = [.. members.Values.OrderBy(member => member.Offset)] };
    }

    private ConfigNode ReadArray(ref Utf8JsonReader reader, string path, int offset)
    {
        var items = new List<ConfigNode>();
        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
        {
            items.Add(ReadValue(ref reader, JsonPath.Item(path, items.Count)));
        }

        return new ConfigNode(path, offset, JsonValueKind.Array) { Items = items };
    }

    private string ReadText(ref Utf8JsonReader reader, string path)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // Valid JSON, but an escape such as \ud800 names half a character, which no .NET string should hold.
            issues.Add(IssueSeverity.Error, path, (int)reader.TokenStartIndex, new Problem(
                "holds an escape that is half of a surrogate pair", "Write the character itself, or both halves of its escape."));
            return "\uFFFD";
        }
    }
}
