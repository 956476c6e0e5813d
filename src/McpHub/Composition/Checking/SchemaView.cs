using System.Text.Json;
using McpHub.Protocol;

namespace McpHub.Composition.Checking;

/// <summary>
/// What a JSON schema says of one place, as far as it says it plainly; where it doesn't, everything is allowed. Not a validator: what it
/// calls impossible is impossible, and what it doesn't know it lets pass.
/// </summary>
internal readonly struct SchemaView
{
    // References that lead in circles say nothing.
    private const int MostReferences = 16;

    private readonly JsonElement _root;
    private readonly JsonElement _schema;

    private SchemaView(JsonElement root, JsonElement schema)
    {
        _root = root;
        _schema = Follow(root, schema);
    }

    /// <summary>A place of which nothing is known.</summary>
    public static SchemaView Unknown => default;

    public bool IsKnown => _schema.ValueKind == JsonValueKind.Object;

    /// <summary>The types that a value may have.</summary>
    public JsonKinds Kinds
    {
        get
        {
            if (!IsKnown)
            {
                return JsonKinds.Any;
            }

            if (_schema.TryGetProperty("type", out var type))
            {
                return type.ValueKind == JsonValueKind.Array
                    ? type.EnumerateArray().Aggregate(JsonKinds.None, (all, t) => all | KindOf(t))
                    : KindOf(type);
            }

            if (_schema.TryGetProperty("const", out var value))
            {
                return KindsOf(value);
            }

            if (_schema.TryGetProperty("enum", out var values) && values.ValueKind == JsonValueKind.Array)
            {
                return values.EnumerateArray().Aggregate(JsonKinds.None, (all, v) => all | KindsOf(v));
            }

            var root = _root;
            foreach (var either in new[] { "anyOf", "oneOf" })
            {
                if (_schema.TryGetProperty(either, out var choices) && choices.ValueKind == JsonValueKind.Array)
                {
                    return choices.EnumerateArray().Aggregate(JsonKinds.None, (all, c) => all | new SchemaView(root, c).Kinds);
                }
            }

            return JsonKinds.Any;
        }
    }

    /// <summary>The values that are allowed, where they are listed; else <see langword="null"/>.</summary>
    public IReadOnlyList<JsonElement>? Values =>
        !IsKnown ? null
        : _schema.TryGetProperty("const", out var value) ? [value]
        : _schema.TryGetProperty("enum", out var values) && values.ValueKind == JsonValueKind.Array ? [.. values.EnumerateArray()]
        : null;

    /// <summary>The members that have to be there.</summary>
    public IReadOnlyList<string> Required =>
        IsKnown && _schema.TryGetProperty("required", out var required) && required.ValueKind == JsonValueKind.Array
            ? [.. required.EnumerateArray().Where(r => r.ValueKind == JsonValueKind.String).Select(r => r.GetString()!)]
            : [];

    /// <summary>The names of the members that are described.</summary>
    public IReadOnlyList<string> Names =>
        IsKnown && _schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object
            ? [.. properties.EnumerateObject().Select(p => p.Name)]
            : [];

    /// <summary>Whether there can be no members beside those that are described.</summary>
    public bool IsClosed =>
        IsPlainObject && _schema.TryGetProperty("additionalProperties", out var more) && more.ValueKind == JsonValueKind.False;

    /// <summary>Whether it lists its members, and doesn't say that there may be more.</summary>
    public bool ListsMembers => IsPlainObject && Names.Count > 0 && !_schema.TryGetProperty("additionalProperties", out _);

    /// <param name="json">The schema, as JSON; <see langword="null"/> or nonsense for nothing known.</param>
    public static SchemaView Parse(string? json)
    {
        if (json is null)
        {
            return Unknown;
        }

        try
        {
            var root = JsonElement.Parse(json, JsonDefaults.Document);
            return new SchemaView(root, root);
        }
        catch (JsonException)
        {
            return Unknown;
        }
    }

    /// <summary>A schema that stands in a tool's definition.</summary>
    /// <param name="definition">The definition.</param>
    /// <param name="member">Its name there.</param>
    public static SchemaView Of(JsonElement definition, string member) =>
        definition.ValueKind == JsonValueKind.Object && definition.TryGetProperty(member, out var schema) ? new SchemaView(schema, schema) : Unknown;

    /// <summary>Of a member; unknown if it isn't described.</summary>
    public SchemaView Member(string name) =>
        IsKnown && _schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object
            && properties.TryGetProperty(name, out var member)
            ? new SchemaView(_root, member)
            : Unknown;

    /// <summary>Of the items of an array.</summary>
    public SchemaView Items() => IsKnown && _schema.TryGetProperty("items", out var items) ? new SchemaView(_root, items) : Unknown;

    public static JsonKinds KindsOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => JsonKinds.Null,
        JsonValueKind.True or JsonValueKind.False => JsonKinds.Boolean,
        JsonValueKind.String => JsonKinds.String,
        JsonValueKind.Array => JsonKinds.Array,
        JsonValueKind.Object => JsonKinds.Object,
        JsonValueKind.Number => value.TryGetDecimal(out var number) && number == decimal.Truncate(number) ? JsonKinds.Integer : JsonKinds.Number,
        _ => JsonKinds.Any,
    };

    /// <summary>The types in words.</summary>
    public static string Text(JsonKinds kinds)
    {
        var words = new List<string>();
        Add(JsonKinds.Object, "an object");
        Add(JsonKinds.Array, "an array");
        Add(JsonKinds.String, "a string");
        words.AddRange(kinds.HasFlag(JsonKinds.Number) ? ["a number"] : kinds.HasFlag(JsonKinds.Integer) ? ["an integer"] : []);
        Add(JsonKinds.Boolean, "a boolean");
        Add(JsonKinds.Null, "null");
        return string.Join(" or ", words);

        void Add(JsonKinds kind, string word)
        {
            if (kinds.HasFlag(kind))
            {
                words.Add(word);
            }
        }
    }

    /// <summary>Whether nothing but its own members says what may be in it.</summary>
    private bool IsPlainObject =>
        IsKnown && !_schema.TryGetProperty("patternProperties", out _) && !_schema.TryGetProperty("allOf", out _)
        && !_schema.TryGetProperty("anyOf", out _) && !_schema.TryGetProperty("oneOf", out _) && !_schema.TryGetProperty("if", out _);

    private static JsonElement Follow(JsonElement root, JsonElement schema)
    {
        for (var i = 0; i < MostReferences && schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("$ref", out var reference); i++)
        {
            var at = root;
            var text = reference.ValueKind == JsonValueKind.String ? reference.GetString()! : "";
            if (!text.StartsWith("#/", StringComparison.Ordinal))
            {
                return default;
            }

            foreach (var segment in text[2..].Split('/'))
            {
                if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(segment.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal), out at))
                {
                    return default;
                }
            }

            schema = at;
        }

        return schema;
    }

    private static JsonKinds KindOf(JsonElement type) => type.ValueKind != JsonValueKind.String ? JsonKinds.Any : type.GetString() switch
    {
        "null" => JsonKinds.Null,
        "boolean" => JsonKinds.Boolean,
        "integer" => JsonKinds.Integer,
        "number" => JsonKinds.Number,
        "string" => JsonKinds.String,
        "array" => JsonKinds.Array,
        "object" => JsonKinds.Object,
        _ => JsonKinds.Any,
    };
}
