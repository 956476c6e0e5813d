using System.Text;
using System.Text.Json;
using McpHub.Composition.Checking;
using McpHub.Protocol;

namespace McpHub.Composition;

/// <summary>
/// Checks an object as far as its schema plainly says: what is required is there, and what is there has the right type. Immutable.
/// </summary>
internal sealed class SchemaCheck
{
    private readonly (string Name, byte[] Utf8, JsonKinds Kinds, bool IsRequired)[] _members;
    private readonly int _required;

    /// <param name="schema">The schema of an object, as JSON.</param>
    public SchemaCheck(string schema)
    {
        var view = SchemaView.Parse(schema);
        _members = [.. view.Names.Union(view.Required).Select(n => (n, Encoding.UTF8.GetBytes(n), view.Member(n).Kinds, view.Required.Contains(n)))];
        _required = _members.Count(m => m.IsRequired);
    }

    /// <returns>What is wrong, as a sentence; <see langword="null"/> for nothing.</returns>
    public string? FaultOf(ReadOnlySpan<byte> json)
    {
        var found = 0;
        var members = new JsonMembers(json);
        while (members.MoveNext())
        {
            foreach (var (name, utf8, kinds, isRequired) in _members)
            {
                if (members.Name[1..^1].SequenceEqual(utf8))
                {
                    found += isRequired ? 1 : 0;
                    if ((KindOf(members.Kind, members.Value) & kinds) == JsonKinds.None)
                    {
                        return $"'{name}' has the wrong type; it has to be {SchemaView.Text(kinds)}.";
                    }

                    break;
                }
            }
        }

        return found >= _required ? null : MissingIn(json);
    }

    private string? MissingIn(ReadOnlySpan<byte> json)
    {
        foreach (var (name, utf8, _, isRequired) in _members)
        {
            if (isRequired && !JsonMembers.TryGet(json, utf8, out _))
            {
                return $"'{name}' is missing.";
            }
        }

        return null;
    }

    private static JsonKinds KindOf(JsonTokenType token, ReadOnlySpan<byte> value) => token switch
    {
        JsonTokenType.StartObject => JsonKinds.Object,
        JsonTokenType.StartArray => JsonKinds.Array,
        JsonTokenType.String => JsonKinds.String,
        JsonTokenType.True or JsonTokenType.False => JsonKinds.Boolean,
        JsonTokenType.Null => JsonKinds.Null,

        // 1.0 and 1e3 are integers for a schema.
        _ => value.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0 ? JsonKinds.Integer : JsonKinds.Number,
    };
}
