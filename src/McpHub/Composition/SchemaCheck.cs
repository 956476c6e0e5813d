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
    private const int MostOnStack = 256;

    private readonly (string Name, byte[] Utf8, JsonKinds Kinds, bool IsRequired)[] _members;

    /// <param name="schema">The schema of an object, as JSON.</param>
    public SchemaCheck(string schema)
    {
        var view = SchemaView.Parse(schema);
        _members = [.. view.Names.Union(view.Required).Select(n => (n, Encoding.UTF8.GetBytes(n), view.Member(n).Kinds, view.Required.Contains(n)))];
    }

    /// <returns>What is wrong, as a sentence; <see langword="null"/> for nothing.</returns>
    public string? FaultOf(ReadOnlySpan<byte> json)
    {
        if (_members.Length == 0)
        {
            return null;
        }

        // Not a number: a name that is there twice would stand for one that is not.
        Span<bool> isThere = _members.Length <= MostOnStack ? stackalloc bool[_members.Length] : new bool[_members.Length];
        var members = new JsonMembers(json);
        while (members.MoveNext())
        {
            for (var i = 0; i < _members.Length; i++)
            {
                if (members.NameIs(_members[i].Utf8))
                {
                    isThere[i] = true;
                    if ((KindOf(members.Kind, members.Value) & _members[i].Kinds) == JsonKinds.None)
                    {
                        return $"'{_members[i].Name}' has the wrong type; it has to be {SchemaView.Text(_members[i].Kinds)}.";
                    }

                    break;
                }
            }
        }

        for (var i = 0; i < _members.Length; i++)
        {
            if (_members[i].IsRequired && !isThere[i])
            {
                return $"'{_members[i].Name}' is missing.";
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
